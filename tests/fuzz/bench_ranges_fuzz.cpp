// Shapes and ranges as bench takes them. Seed: lines of --shape, --nireq and --rate.
#include <string>

#include "base/user_error.hpp"
#include "cli/ranges.hpp"
#include "fuzz/fuzz.hpp"
#include "measure/shapes.hpp"

namespace inferqueue::fuzz {
namespace {

template <class Parse>
void try_out(Parse parse) {
  try {
    parse();
  } catch (const base::OptionError& error) {
    require(*error.what() != '\0', "an error says what is wrong");
  }
}

}  // namespace

void run(Input input) {
  const std::string shape = input.argument();
  const std::string requests = input.argument();
  const std::string rate = input.argument();
  try_out([&] { require(measure::parse_shapes(shape).size() <= shape.size(), "each shape is written somewhere"); });
  try_out([&] {
    const auto found = cli::requests_of(requests);
    require(!found.empty() && found.size() <= 64, "there are 1 to 64 numbers of requests");
    for (std::size_t i = 1; i < found.size(); ++i) require(found[i] == found[i - 1] + 1, "each follows the one before");
  });
  try_out([&] {
    for (const double it : cli::rates_of(rate)) require(it > 0 && it <= 1e9 * 2, "a rate can be sent");
  });
}

}  // namespace inferqueue::fuzz
