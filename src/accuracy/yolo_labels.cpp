#include "accuracy/yolo_labels.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>

#include <fmt/format.h>

namespace inferqueue::accuracy {
namespace {

constexpr std::string_view blanks = " \t\r\f\v";
constexpr std::size_t fields_of_a_box = 5;

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (auto first = line.find_first_not_of(blanks); first != std::string_view::npos;
       first = line.find_first_not_of(blanks)) {
    line.remove_prefix(first);
    const std::size_t length = std::min(line.size(), line.find_first_of(blanks));
    fields.push_back(line.substr(0, length));
    line.remove_prefix(length);
  }
  return fields;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Returns what is wrong with the line; nothing if it was read.
std::string read_line(std::string_view line, std::size_t classes, Label& label) {
  const std::vector<std::string_view> fields = fields_of(line);
  if (fields.size() != fields_of_a_box)
    return fmt::format("{} field{}; a line has five: class x y width height{}", fields.size(),
                       fields.size() == 1 ? "" : "s",
                       fields.size() > fields_of_a_box + 1 ? " (outlines are not supported)" : "");
  const auto class_id = number<int>(fields[0]);
  if (!class_id) return fmt::format("class '{}': give a whole number", fields[0]);
  if (*class_id < 0 || static_cast<std::size_t>(*class_id) >= classes)
    return fmt::format("class {}: the model has the classes 0 to {}", *class_id, classes - 1);
  static constexpr std::array<std::string_view, 4> names{"x", "y", "width", "height"};
  std::array<double, 4> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool size = i >= 2;
    const auto value = number<double>(fields[i + 1]);
    if (!value || !(*value >= 0 && *value <= 1) || (size && *value == 0))  // also refuses NaN
      return fmt::format("{} '{}': give a fraction of the picture, {}", names[i], fields[i + 1],
                         size ? "above 0 and at most 1" : "0 to 1");
    values[i] = *value;
  }
  label = {.class_id = *class_id, .x = values[0], .y = values[1], .width = values[2], .height = values[3]};
  return {};
}

}  // namespace

Truth Label::in(vision::Size picture) const {
  const auto pixels = [](double share, int side) { return static_cast<float>(share * side); };
  return {.box = {.x1 = pixels(x - width / 2, picture.width),
                  .y1 = pixels(y - height / 2, picture.height),
                  .x2 = pixels(x + width / 2, picture.width),
                  .y2 = pixels(y + height / 2, picture.height)},
          .class_id = class_id};
}

LabelFile parse_labels(std::string_view text, std::size_t classes) {
  LabelFile file;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const std::size_t length = std::min(text.size(), text.find('\n'));
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(text.size(), length + 1));
    if (line.find_first_not_of(blanks) == std::string_view::npos) continue;
    Label label;
    if (const std::string wrong = read_line(line, classes, label); !wrong.empty())
      file.problems.push_back(fmt::format("{}: {}", line_number, wrong));
    else if (std::ranges::find(file.labels, label) != file.labels.end())
      ++file.repeated;
    else
      file.labels.push_back(label);
  }
  return file;
}

}  // namespace inferqueue::accuracy
