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
  std::optional<std::size_t> operator()(const ov::Output<const ov::Node>& port) const { return find_port(ports, port); }
};

struct Describer {
  std::string operator()(std::size_t index) const { return std::to_string(index); }
  std::string operator()(const std::string& name) const { return "\"" + name + "\""; }
  std::string operator()(const ov::Output<const ov::Node>& port) const {
    return port.get_names().empty() ? "the given port" : "\"" + port.get_any_name() + "\"";
  }
};

}  // namespace

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
  const auto& port = inputs_[input];
  std::ostringstream why;
  if (!tensor) {
    why << "the tensor is empty (default-constructed)";
  } else {
    const auto type = port.get_element_type();
    const auto& shape = port.get_partial_shape();
    if ((type.is_dynamic() || tensor.get_element_type() == type) && shape.compatible(tensor.get_shape())) return;
    why << "the tensor is " << tensor.get_element_type() << ' ' << ov::PartialShape(tensor.get_shape());
  }
  std::ostringstream what;
  what << "input " << input << name_of(port) << " takes " << port.get_element_type() << ' ' << port.get_partial_shape()
       << ", but " << why.str();
  throw Error(Errc::invalid_input, what.str());
}

}  // namespace inferqueue::openvino
