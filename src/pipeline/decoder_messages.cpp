#include "pipeline/decoder_messages.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

#include "base/mutex.hpp"

namespace inferqueue::pipeline {
namespace {

thread_local std::string* receiver = nullptr;
thread_local bool in_complaint = false;  // of FFmpeg, which prints a line in pieces

struct Complaints {
  base::Mutex mutex;
  DecoderComplaints told INFERQUEUE_GUARDED_BY(mutex);
};

/// Never destroyed: decoders' threads may print until the process ends.
Complaints& complaints() {
  static auto* const made = new Complaints;
  return *made;
}

/// The name that FFmpeg puts before its messages: "[mpeg4 @ 0x55c8a40] ".
bool is_from_ffmpeg(std::string_view text) {
  const std::size_t at = text.find(" @ 0x");
  return at != std::string_view::npos && text.find('[') < at;
}

/// Without colours, which FFmpeg has for terminals, and line ends.
std::string plain(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033')
      i = std::min(text.find('m', i), text.size());
    else if (text[i] != '\n')
      plain += text[i];
  }
  return plain;
}

/// Takes a message of FFmpeg's. False if it is none.
bool complain(std::string_view text) {
  const bool begins = is_from_ffmpeg(text);
  if (!begins && !in_complaint) return false;
  in_complaint = !text.ends_with('\n');
  const std::size_t name = begins ? text.find("] ") : std::string_view::npos;
  std::string said =
      plain(name == std::string_view::npos ? text.substr(begins ? text.size() : 0) : text.substr(name + 2));
  if (said.empty()) return true;
  Complaints& all = complaints();
  const base::MutexLock lock(all.mutex);
  ++all.told.count;
  all.told.latest = std::move(said);
  return true;
}

/// For fopencookie(3), whose writers return 0, never less, for an error.
ssize_t receive(void* /*cookie*/, const char* text, std::size_t length) {
  if (receiver == nullptr && complain({text, length})) return static_cast<ssize_t>(length);
  if (receiver == nullptr) return std::max<ssize_t>(::write(STDERR_FILENO, text, length), 0);
  receiver->append(text, length);
  return static_cast<ssize_t>(length);
}

}  // namespace

void catch_decoder_messages() {
  std::FILE* const stream =
      ::fopencookie(nullptr, "w", {.read = nullptr, .write = receive, .seek = nullptr, .close = nullptr});
  if (stream == nullptr) return;  // no memory: then they print as they will
  std::setvbuf(stream, nullptr, _IONBF, 0);
  stderr = stream;
}

DecoderComplaints decoder_complaints() {
  Complaints& all = complaints();
  const base::MutexLock lock(all.mutex);
  return all.told;
}

DecoderMessages::DecoderMessages() {
  receiver = &text_;
}

DecoderMessages::~DecoderMessages() {
  receiver = nullptr;
}

std::string DecoderMessages::damage() const {
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!line.empty() && !line.starts_with("libpng warning")) {
      const std::size_t name = is_from_ffmpeg(line) ? line.find("] ") : std::string_view::npos;
      return plain(name == std::string_view::npos ? line : line.substr(name + 2));
    }
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : rest.size());
  }
  return {};
}

}  // namespace inferqueue::pipeline
