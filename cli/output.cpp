#include "cli/output.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace inferqueue::cli {
namespace {

/// A character of a text, or a byte that is none.
struct Character {
  std::size_t length = 1;
  std::uint32_t code = 0;
  bool valid = false;
};

/// Reads the first character as UTF-8 (RFC 3629): no longer form than needed, no surrogates, nothing above U+10FFFF.
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  static constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  Character found{.code = byte(0), .valid = byte(0) < 0x80};
  if (found.valid) return found;
  const std::size_t length = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC0 || byte(0) > 0xF4 || text.size() < length) return found;
  std::uint32_t code = byte(0) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return found;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  if (code < least[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return found;
  return {.length = length, .code = code, .valid = true};
}

/// Controls (C0, DEL, C1), line and paragraph separators, and the marks of bidirectional text.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

bool output_failed = false;

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const Character character = first_of(text);
    const std::string_view bytes = text.substr(0, character.length);
    if (character.valid && !is_control(character.code))
      shown += bytes;
    else if (bytes == "\n")
      shown += "\\n";
    else if (bytes == "\t")
      shown += "\\t";
    else
      for (const char c : bytes) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    text.remove_prefix(character.length);
  }
  return shown;
}

void reserve_standard_files() {
  // Opened for reading only, so that a closed standard output is still one that can't be written. The lowest free
  // number is given, so those before are taken by now.
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(file, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

void put(std::FILE* file, std::string_view text) {
  if (file == stdout && output_failed) return;
  errno = 0;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  if (written || file != stdout) return;  // of standard error nobody could be told
  const int error = errno;
  output_failed = true;
  say(fmt::format("standard output: can't be written: {}", std::generic_category().message(error)));
}

void say(std::string_view message) {
  put(stderr, fmt::format("inferqueue: {}\n", printable(message)));
}

bool standard_output_is_whole() {
  return !output_failed;
}

}  // namespace inferqueue::cli
