#include "openvino/ports.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include <inferqueue/error.hpp>

namespace inferqueue::openvino {
namespace {

std::string name_of(const ov::Output<const ov::Node>& port) {
  return port.get_names().empty() ? std::string() : " (\"" + port.get_any_name() + "\")";
}

std::string names_of(const Ports::List& ports) {
  std::string text;
  for (std::size_t i = 0; i < ports.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(i) + name_of(ports[i]);
  return text.empty() ? "none" : text;
}

std::optional<std::size_t> find_name(const Ports::List& ports, const std::string& name) {
  const auto found = std::ranges::find_if(ports, [&](const auto& port) { return port.get_names().contains(name); });
  if (found == ports.end()) return std::nullopt;
  return static_cast<std::size_t>(found - ports.begin());
}

std::optional<std::size_t> find_port(const Ports::List& ports, const ov::Output<const ov::Node>& wanted) {
  // A port of the ov::Model that was compiled is another object than the compiled model's, so its names count too.
  const auto found = std::ranges::find_if(ports, [&](const auto& port) {
    return port == wanted ||
           std::ranges::any_of(wanted.get_names(), [&](const auto& name) { return port.get_names().contains(name); });
  });
  if (found == ports.end()) return std::nullopt;
  return static_cast<std::size_t>(found - ports.begin());
}

struct Finder {
  const Ports::List& ports;
  std::optional<std::size_t> operator()(std::size_t index) const {
    return index < ports.size() ? std::optional(index) : std::nullopt;
  }
  std::optional<std::size_t> operator()(const std::string& name) const { return find_name(ports, name); }
  std::optional<std::size_t> operator()(const ov::Output<const ov::Node>& port) const {
    return port.get_node() != nullptr ? find_port(ports, port) : std::nullopt;
  }
};

struct Describer {
  std::string operator()(std::size_t index) const { return std::to_string(index); }
  std::string operator()(const std::string& name) const { return "\"" + name + "\""; }
  std::string operator()(const ov::Output<const ov::Node>& port) const {
    if (port.get_node() == nullptr) return "a port of no model";
    return port.get_names().empty() ? "the given port" : "\"" + port.get_any_name() + "\"";
  }
};

/// Host memory for a port. Where the shape is dynamic the runtime, or the user, sizes the tensor.
ov::Tensor make_tensor(const ov::Output<const ov::Node>& port) {
  const ov::PartialShape& shape = port.get_partial_shape();
  if (shape.is_static()) return {port.get_element_type(), shape.to_shape()};
  if (shape.rank().is_dynamic()) return {port.get_element_type(), ov::Shape{0}};
  ov::Shape empty;
  for (const ov::Dimension& dimension : shape)
    empty.push_back(dimension.is_static() ? static_cast<std::size_t>(dimension.get_length()) : 0);
  return {port.get_element_type(), empty};
}

}  // namespace

Ports::Ports(const ov::CompiledModel& model)
    : inputs_(model.inputs()),
      outputs_(model.outputs()),
      input_shapes_(static_shapes(inputs_)),
      output_shapes_(static_shapes(outputs_)) {}

Ports::StaticShapes Ports::static_shapes(const List& ports) {
  StaticShapes shapes;
  for (const auto& port : ports) {
    const ov::PartialShape& shape = port.get_partial_shape();
    shapes.push_back(shape.is_static() ? std::optional(shape.to_shape()) : std::nullopt);
  }
  return shapes;
}

bool Ports::fits(const ov::Output<const ov::Node>& port, const std::optional<ov::Shape>& fixed,
                 const ov::Tensor& tensor) {
  const ov::element::Type type = port.get_element_type();
  if (!type.is_dynamic() && tensor.get_element_type() != type) return false;
  return fixed ? tensor.get_shape() == *fixed : port.get_partial_shape().compatible(tensor.get_shape());
}

bool Ports::fits_input(std::size_t input, const ov::Tensor& tensor) const {
  return fits(inputs_[input], input_shapes_[input], tensor);
}

bool Ports::fits_output(std::size_t output, const ov::Tensor& tensor) const {
  return fits(outputs_[output], output_shapes_[output], tensor);
}

ov::Tensor Ports::make_input(std::size_t input) const {
  return make_tensor(inputs_[input]);
}
ov::Tensor Ports::make_output(std::size_t output) const {
  return make_tensor(outputs_[output]);
}

std::size_t Ports::input_index(const InputKey& key, Errc code) const {
  if (const auto found = std::visit(Finder{inputs_}, key.value())) return *found;
  throw Error(code, "the model has no input " + std::visit(Describer{}, key.value()) +
                        "; its inputs are: " + names_of(inputs_));
}

std::size_t Ports::output_index(const std::string& name) const {
  if (const auto found = find_name(outputs_, name)) return *found;
  throw Error(Errc::invalid_argument,
              "the model has no output \"" + name + "\"; its outputs are: " + names_of(outputs_));
}

std::size_t Ports::output_index(std::size_t index) const {
  if (index < outputs_.size()) return index;
  throw Error(Errc::invalid_argument,
              "the model has no output " + std::to_string(index) + "; its outputs are: " + names_of(outputs_));
}

std::vector<Binding> Ports::resolve(const Inputs& inputs) const {
  if (inputs.positional().size() > inputs_.size())
    throw Error(Errc::invalid_input, std::to_string(inputs.positional().size()) +
                                         " tensors were given; the model has " + std::to_string(inputs_.size()) +
                                         " inputs: " + names_of(inputs_));
  std::vector<Binding> bindings;
  bindings.reserve(inputs.positional().size() + inputs.keyed().size());
  for (const ov::Tensor& tensor : inputs.positional()) bindings.push_back({bindings.size(), tensor});
  for (const auto& [key, tensor] : inputs.keyed()) {
    const std::size_t input = input_index(key, Errc::invalid_input);
    if (std::ranges::any_of(bindings, [&](const Binding& other) { return other.input == input; }))
      throw Error(Errc::invalid_input, "input " + std::to_string(input) + name_of(inputs_[input]) + " is given twice");
    bindings.push_back({input, tensor});
  }
  for (const Binding& binding : bindings) check_fits(binding.input, binding.tensor);
  return bindings;
}

void Ports::check_fits(std::size_t input, const ov::Tensor& tensor) const {
  if (tensor && fits_input(input, tensor)) return;
  const auto& port = inputs_[input];
  std::ostringstream why;
  if (!tensor) {
    why << "the tensor is empty (default-constructed)";
  } else {
    why << "the tensor is " << tensor.get_element_type() << ' ' << ov::PartialShape(tensor.get_shape());
  }
  std::ostringstream what;
  what << "input " << input << name_of(port) << " takes " << port.get_element_type() << ' ' << port.get_partial_shape()
       << ", but " << why.str();
  throw Error(Errc::invalid_input, what.str());
}

}  // namespace inferqueue::openvino
