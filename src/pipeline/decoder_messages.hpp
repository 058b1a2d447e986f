// What the libraries that decode pictures print.
#pragma once

#include <string>

namespace inferqueue::pipeline {

/// libjpeg and libpng print what they think of a damaged picture on the C stream `stderr`, without its name, and OpenCV
/// leaves them at that. This puts another stream in its place (glibc lets a program do so), which goes to the same file
/// but for threads that are reading DecoderMessages. Call it once, before any other thread is made.
void catch_decoder_messages();

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
  /// are passed over: they are about colour profiles and the like, which detection doesn't look at.
  std::string damage() const;

 private:
  std::string text_;
};

}  // namespace inferqueue::pipeline
