// The names of the classes in a model's metadata. Seed: the text.
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "vision/labels.hpp"

namespace inferqueue::fuzz {
namespace {

using Names = std::vector<std::string>;

std::string quoted(const std::string& name, char quote) {
  std::string text(1, quote);
  for (const char c : name) {
    if (c == quote || c == '\\') text += '\\';
    text += c;
  }
  return text + quote;
}

std::string as_list(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "[" : ", ") + quoted(name, '"');
  return text + "]";
}

/// Backwards, since the keys may come in any order.
std::string as_dict(const Names& names) {
  std::string text;
  for (std::size_t i = names.size(); i-- > 0;)
    text += (text.empty() ? "{" : ",") + std::to_string(i) + ":" + quoted(names[i], '\'');
  return text + "}";
}

}  // namespace

void run(Input input) {
  const std::optional<Names> names = vision::parse_names_metadata(input.rest());
  if (!names) return;
  require(!names->empty() && names->size() <= 100'000, "there is a name, and no class above 99999");
  if (names->size() > 1000) return;  // {99999: 'a'} would cost all the time
  require(vision::parse_names_metadata(as_list(*names)) == names, "the same as a list has the same names");
  require(vision::parse_names_metadata(as_dict(*names)) == names, "the same as a dict has the same names");
}

}  // namespace inferqueue::fuzz
