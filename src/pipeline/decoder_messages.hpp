// What the libraries that decode pictures and videos print.
#pragma once

#include <cstddef>
#include <string>

namespace inferqueue::pipeline {

/// libjpeg and libpng print what they think of a damaged picture on the C stream `stderr`, without its name, and OpenCV
/// leaves them at that. This puts another stream in its place (glibc lets a program do so), which goes to the same file
/// but for threads that are reading DecoderMessages. FFmpeg prints there too, from threads of its own: that is counted
/// (decoder_complaints()) and not printed. Call it once, before any other thread is made.
void catch_decoder_messages();

/// How often FFmpeg has complained in threads without DecoderMessages, and the latest complaint. Thread rules: any
/// thread.
struct DecoderComplaints {
  std::size_t count = 0;
  std::string latest;
};
DecoderComplaints decoder_complaints();

/// While it lives, what libraries print on `stderr` in this thread comes here. Empty if catch_decoder_messages() was
/// not called. Thread rules: one thread; one object at a time in each.
class DecoderMessages {
 public:
  DecoderMessages();
  DecoderMessages(const DecoderMessages&) = delete;
  DecoderMessages& operator=(const DecoderMessages&) = delete;
  DecoderMessages(DecoderMessages&&) = delete;
  DecoderMessages& operator=(DecoderMessages&&) = delete;
  ~DecoderMessages();

  /// The first message that says that the picture is damaged, in one line; empty if there is none. libpng's warnings
  /// are passed over: they are about colour profiles and the like, which detection doesn't look at. Of FFmpeg's what is
  /// behind the name of its part.
  std::string damage() const;

 private:
  std::string text_;
};

}  // namespace inferqueue::pipeline
