#include "fuzz/fuzz.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <system_error>

#include <stdlib.h>

namespace inferqueue::fuzz {
namespace fs = std::filesystem;

unsigned char Input::byte() {
  if (rest_.empty()) return 0;
  const auto first = static_cast<unsigned char>(rest_.front());
  rest_.remove_prefix(1);
  return first;
}

std::size_t Input::whole() {
  std::size_t value = 0;
  while (!rest_.empty()) {
    const auto digit = static_cast<std::size_t>(byte()) - '0';
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
}

float Input::number() {
  using Limits = std::numeric_limits<float>;
  const unsigned char letter = byte();
  if (letter >= '0' && letter <= '9') return static_cast<float>(letter - '0') / 10;
  if (letter >= 'a' && letter <= 'z') return static_cast<float>(letter - 'a' + 1) * 8;
  switch (letter) {
    case 'N':
      return Limits::quiet_NaN();
    case 'I':
      return Limits::infinity();
    case 'M':
      return Limits::max();
    case 'D':
      return Limits::denorm_min();
    case 'E':
      return Limits::epsilon();
    case 'O':
      return 1;
    case 'P':  // the largest below 1
      return std::nextafter(1.F, 0.F);
    case '-':
      return rest_.starts_with('-') ? 0 : -number();
    case 'X': {
      std::uint32_t bits = 0;
      for (int i = 0; i < 4; ++i) bits = bits << 8U | byte();
      return std::bit_cast<float>(bits);
    }
    default:
      return static_cast<float>(letter) / 255;
  }
}

std::string_view Input::line() {
  const std::string_view found = rest_.substr(0, rest_.find('\n'));
  rest_.remove_prefix(found.size() < rest_.size() ? found.size() + 1 : found.size());
  return found;
}

std::string Input::argument() {
  std::string text(line());
  std::erase(text, '\0');
  return text;
}

float share(Input& input) {
  const float value = std::fabs(input.number());
  return value <= 1 ? value : 0.25F;  // also for NaN
}

void require(bool condition, std::string_view expectation, const std::source_location& where) {
  if (condition) return;
  std::fprintf(stderr, "%s:%u: not so: %.*s\n", where.file_name(), static_cast<unsigned>(where.line()),
               static_cast<int>(expectation.size()), expectation.data());
  std::abort();
}

const std::string& scratch_folder() {
  struct Folder {
    Folder() {
      std::string made = (fs::temp_directory_path() / "inferqueue-fuzz-XXXXXX").string();
      if (::mkdtemp(made.data()) == nullptr) throw std::runtime_error("no temporary folder can be made: " + made);
      path = made;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;
    ~Folder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
    std::string path;
  };
  static const Folder folder;
  return folder.path;
}

}  // namespace inferqueue::fuzz

// What libFuzzer calls, and replay.cpp.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  inferqueue::fuzz::run(inferqueue::fuzz::Input({reinterpret_cast<const char*>(bytes), size}));
  return 0;
}
