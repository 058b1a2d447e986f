// Small things that are done with text in several rooms.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <span>
#include <string>

namespace inferqueue::base {

/// ASCII letters only; bytes of other characters stay.
inline std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// As lower_case().
inline std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// The first three, for a line of a message: "a.txt, b.txt, c.txt, …".
inline std::string few_of(std::span<const std::string> names) {
  constexpr std::size_t most = 3;
  std::string text;
  for (const std::string& name : names.first(std::min(names.size(), most))) text += (text.empty() ? "" : ", ") + name;
  return names.size() > most ? text + ", …" : text;
}

}  // namespace inferqueue::base
