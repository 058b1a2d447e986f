#include "devices/value.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

#include <openvino/runtime/properties.hpp>

namespace inferqueue::devices {
namespace {

/// Writes the value if it is of one of these types.
template <class... Types>
bool read_as(const ov::Any& any, Value& value) {
  return ((any.is<Types>() && (value = any.as<Types>(), true)) || ...);
}

/// Whether a UTF-8 text has a control character (C0, DEL, C1), a separator of lines, or a mark of bidirectional text.
bool steers_terminals(std::string_view text) {
  if (std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) return true;
  const auto has = [text](std::string_view lead, unsigned char first, unsigned char last) {
    for (std::size_t at = text.find(lead); at != std::string_view::npos; at = text.find(lead, at + 1)) {
      const std::string_view next = text.substr(at + lead.size(), 1);
      if (!next.empty() && static_cast<unsigned char>(next[0]) >= first && static_cast<unsigned char>(next[0]) <= last)
        return true;
    }
    return false;
  };
  return has("\xC2", 0x80, 0x9F) || has("\xE2\x80", 0x8E, 0x8F) || has("\xE2\x80", 0xA8, 0xAE) ||
         has("\xE2\x81", 0xA6, 0xA9);
}

}  // namespace

std::string in_one_line(const std::string& text) {
  if (!steers_terminals(text)) return text;
  const std::string quoted = Value(text).dump(-1, ' ', true, Value::error_handler_t::replace);
  return quoted.substr(1, quoted.size() - 2);
}

Value value_of(const ov::Any& any) {
  Value value;
  if (any.empty()) return value;
  // Before the numbers, which it says it is one of.
  if (any.is<ov::streams::Num>()) {
    const auto streams = any.as<ov::streams::Num>();
    if (streams == ov::streams::AUTO) return "AUTO";
    if (streams == ov::streams::NUMA) return "NUMA";
    return streams.num;
  }
  if (read_as<bool, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float, double, std::string,
              std::tuple<unsigned, unsigned>, std::tuple<unsigned, unsigned, unsigned>, std::vector<std::string>>(
          any, value))
    return value;
  if (any.is<std::vector<ov::PropertyName>>()) {
    value = Value::array();
    for (const std::string& name : any.as<std::vector<ov::PropertyName>>()) value.push_back(name);
    return value;
  }
  return any.as<std::string>();
}

std::string text_of(const Value& value) {
  if (value.is_null()) return "not supported";
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    return text.empty() ? "(empty)" : in_one_line(text);
  }
  if (value.is_boolean()) return value.get<bool>() ? "YES" : "NO";
  if (!value.is_array()) return value.dump();
  if (value.empty()) return "(empty)";
  std::string text;
  for (const Value& element : value) {
    if (!text.empty()) text += ' ';
    text += text_of(element);
  }
  return text;
}

}  // namespace inferqueue::devices
