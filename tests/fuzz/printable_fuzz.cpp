// Names of files and other people's texts, on a terminal. Seed: the text.
#include <string>

#include "cli/output.hpp"
#include "fuzz/fuzz.hpp"

namespace inferqueue::fuzz {

void run(Input input) {
  const std::string text(input.rest());
  const std::string shown = cli::printable(text);
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    require(byte >= 0x20 && byte != 0x7F, "no control characters are left");
  }
  require(cli::printable(shown) == shown, "what is printable stays as it is");
  require(shown.size() >= text.size() && shown.size() <= 4 * text.size(), "no byte is lost, and none takes over four");
  bool plain = true;
  for (const char c : text) plain = plain && c >= 0x20 && c < 0x7F;
  require(!plain || shown == text, "plain text stays as it is");
}

}  // namespace inferqueue::fuzz
