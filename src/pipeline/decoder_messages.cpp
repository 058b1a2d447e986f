#include "pipeline/decoder_messages.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string_view>

#include <sys/types.h>
#include <unistd.h>

namespace inferqueue::pipeline {
namespace {

thread_local std::string* receiver = nullptr;

/// For fopencookie(3), whose writers return 0, never less, for an error.
ssize_t receive(void* /*cookie*/, const char* text, std::size_t length) {
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

DecoderMessages::DecoderMessages() {
  receiver = &text_;
}

DecoderMessages::~DecoderMessages() {
  receiver = nullptr;
}

std::string DecoderMessages::damage() const {
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (!line.empty() && !line.starts_with("libpng warning")) return std::string(line);
    rest.remove_prefix(line.size() < rest.size() ? line.size() + 1 : rest.size());
  }
  return {};
}

}  // namespace inferqueue::pipeline
