// Numbers on the command lines of the examples.
#pragma once

#include <charconv>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

/// The number above 0 that `text` is. Throws std::invalid_argument, naming `what` it is for, if it is none.
template <class Number>
Number positive(const std::string& what, std::string_view text) {
  Number value{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool in_range = value > 0 && value <= std::numeric_limits<Number>::max();  // neither nan nor inf
  if (error != std::errc() || rest != text.data() + text.size() || !in_range)
    throw std::invalid_argument(what + " '" + std::string(text) + "': give a number above 0" +
                                (std::numeric_limits<Number>::is_integer ? ", without a fraction" : ""));
  return value;
}
