// The names of the classes in a text file. Seed: the file.
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "fuzz/fuzz.hpp"
#include "vision/labels.hpp"

namespace inferqueue::fuzz {
namespace {

using Names = std::vector<std::string>;

/// A file that no disk has to hold.
std::optional<Names> load(std::string_view text) {
  static const int file = ::memfd_create("names", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  require(::ftruncate(file, 0) == 0, "the file can be emptied");
  require(::pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()), "the file can be written");
  try {
    return vision::load_labels(path);
  } catch (const std::runtime_error& error) {
    require(std::string_view(error.what()).starts_with(path + ": "), "an error names the file");
    return std::nullopt;
  }
}

}  // namespace

void run(Input input) {
  const std::optional<Names> names = load(input.rest());
  if (!names) return;
  require(!names->empty() && !names->back().empty(), "there is a name, and the last line is one");
  constexpr std::string_view blanks = " \t\r\n\f\v";
  std::string again = "\xEF\xBB\xBF";  // else one that a name begins with would be taken for the file's
  for (const std::string& name : *names) {
    require(name.find('\n') == std::string::npos && name.find('\0') == std::string::npos, "a name is a line of text");
    require(name.empty() || (blanks.find(name.front()) == blanks.npos && blanks.find(name.back()) == blanks.npos),
            "no blanks around it");
    again += name + "\r\n";
  }
  require(load(again) == names, "what was read, written and read again is the same");
}

}  // namespace inferqueue::fuzz
