#include "measure/shapes.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "base/user_error.hpp"
#include "devices/brief.hpp"

namespace inferqueue::measure {
namespace {

using base::OptionError;

template <class T>
std::string text_of(const T& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

[[noreturn]] void refuse(std::string_view text) {
  throw OptionError(fmt::format("--shape {}: write [1,3,640,640], or name[1,4],other[2] for several inputs", text));
}

/// "1,3,640" between the brackets; empty is a scalar.
ov::Shape dimensions_of(std::string_view inside, std::string_view all) {
  ov::Shape shape;
  while (!inside.empty()) {
    while (inside.starts_with(' ')) inside.remove_prefix(1);
    std::size_t dimension = 0;
    const auto [stop, error] = std::from_chars(inside.data(), inside.data() + inside.size(), dimension);
    constexpr std::size_t most = 1U << 30U;
    if (error != std::errc() || dimension > most) refuse(all);
    shape.push_back(dimension);
    inside.remove_prefix(static_cast<std::size_t>(stop - inside.data()));
    while (inside.starts_with(' ')) inside.remove_prefix(1);
    if (inside.empty()) break;
    if (inside.front() != ',' || inside.size() == 1) refuse(all);
    inside.remove_prefix(1);
  }
  return shape;
}

ov::PartialShape settled(ov::PartialShape shape, std::optional<std::size_t> batch) {
  if (shape.rank().is_dynamic() || shape.size() == 0) return shape;
  if (batch) shape[0] = static_cast<std::int64_t>(*batch);
  if (shape[0].is_dynamic()) shape[0] = 1;
  return shape;
}

std::string_view without_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_named(const ov::Output<const ov::Node>& input, const std::string& name) {
  return input.get_names().contains(name) || input.get_node()->get_friendly_name() == name;
}

std::string input_name(const ov::Output<const ov::Node>& input) {
  return input.get_names().empty() ? input.get_node()->get_friendly_name() : input.get_any_name();
}

std::vector<NamedShape> parse_shapes(std::string_view text) {
  std::vector<NamedShape> shapes;
  std::string_view rest = without_spaces(text);
  while (!rest.empty()) {
    const std::size_t open = rest.find('[');
    const std::size_t close = rest.find(']');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) refuse(text);
    shapes.push_back({std::string(without_spaces(rest.substr(0, open))),
                      dimensions_of(rest.substr(open + 1, close - open - 1), text)});
    rest = without_spaces(rest.substr(close + 1));
    if (rest.empty()) break;
    if (rest.front() != ',' || rest.size() == 1) refuse(text);
    rest.remove_prefix(1);
  }
  return shapes;
}

std::string inputs_text(const ov::Model& model) {
  std::string text;
  for (const auto& input : model.inputs())
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", input_name(input),
                        input.get_element_type().get_type_name(), text_of(input.get_partial_shape()));
  return text;
}

void settle_shapes(ov::Model& model, const std::vector<NamedShape>& shapes, std::optional<std::size_t> batch) {
  std::map<ov::Output<ov::Node>, ov::PartialShape> wanted;
  for (const auto& input : model.inputs()) wanted[input] = settled(input.get_partial_shape(), batch);
  for (const NamedShape& named : shapes) {
    bool is_found = false;
    for (auto& [input, shape] : wanted) {
      if (!named.input.empty() && !is_named(input, named.input)) continue;
      is_found = true;
      shape = settled(named.shape, batch);
    }
    if (!is_found)
      throw OptionError(
          fmt::format("--shape: the model has no input '{}'; it has {}", named.input, inputs_text(model)));
  }
  const std::string before = inputs_text(model);
  for (const auto& [input, shape] : wanted) {
    if (shape.is_dynamic())
      throw OptionError(
          fmt::format("--shape: the input '{}' has none of its own, give one: it has {}", input_name(input), before));
    if (std::ranges::any_of(shape, [](const ov::Dimension& side) { return side == 0; }))
      throw OptionError(fmt::format("--shape: {} of the input '{}' holds nothing; give dimensions of 1 and more",
                                    shape.to_string(), input_name(input)));
  }
  try {
    model.reshape(wanted);
  } catch (const std::exception& error) {
    throw OptionError(
        fmt::format("--shape, -b: the model refuses this ({}); it has {}", devices::brief(error), before));
  }
}

}  // namespace inferqueue::measure
