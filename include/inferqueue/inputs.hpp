// The input tensors of one submission.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <openvino/core/node_output.hpp>
#include <openvino/runtime/tensor.hpp>

#include <inferqueue/export.hpp>

namespace inferqueue {

/// Names one input of a model: by position, by any of its tensor names, or by port. Thread rules: a value.
class InputKey {
 public:
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  InputKey(T index) : key_(static_cast<std::size_t>(index)) {}
  InputKey(std::string name) : key_(std::move(name)) {}
  InputKey(const char* name) : key_(std::string(name)) {}
  InputKey(ov::Output<const ov::Node> port) : key_(std::move(port)) {}
  InputKey(const ov::Output<ov::Node>& port) : key_(ov::Output<const ov::Node>(port.get_node(), port.get_index())) {}

  using Value = std::variant<std::size_t, std::string, ov::Output<const ov::Node>>;
  const Value& value() const noexcept { return key_; }

 private:
  Value key_;
};

/// What a submission binds: nothing, one tensor for the first input, tensors by position, or tensors by key. An input
/// that is left out is the slot's own tensor, as it was last written through a lease. Holds the tensors' memory until
/// the request completes; nobody may write to it before.
/// Thread rules: a value.
class Inputs {
 public:
  using Keyed = std::pair<InputKey, ov::Tensor>;

  Inputs() = default;
  Inputs(ov::Tensor tensor) { positional_.push_back(std::move(tensor)); }
  Inputs(std::vector<ov::Tensor> by_position) : positional_(std::move(by_position)) {}
  Inputs(std::initializer_list<ov::Tensor> by_position) : positional_(by_position) {}
  Inputs(std::initializer_list<Keyed> by_key) : keyed_(by_key) {}
  template <class Key, class... Rest>
    requires std::convertible_to<Key, InputKey>
  Inputs(const std::map<Key, ov::Tensor, Rest...>& by_key) : keyed_(by_key.begin(), by_key.end()) {}

  const std::vector<ov::Tensor>& positional() const noexcept { return positional_; }
  const std::vector<Keyed>& keyed() const noexcept { return keyed_; }

 private:
  std::vector<ov::Tensor> positional_;
  std::vector<Keyed> keyed_;
};

}  // namespace inferqueue
