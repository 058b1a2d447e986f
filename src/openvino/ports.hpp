// A compiled model's inputs and outputs, looked up once, and the check of a submission against them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <openvino/runtime/compiled_model.hpp>

#include <inferqueue/error.hpp>
#include <inferqueue/inputs.hpp>

#include "base/ref.hpp"

namespace inferqueue::openvino {

/// One tensor for one input of the model.
struct Binding {
  std::size_t input;
  ov::Tensor tensor;
};

/// Thread rules: immutable after construction.
class Ports : public base::RefCounted {
 public:
  using List = std::vector<ov::Output<const ov::Node>>;

  explicit Ports(const ov::CompiledModel& model) : inputs_(model.inputs()), outputs_(model.outputs()) {}

  const List& inputs() const noexcept { return inputs_; }
  const List& outputs() const noexcept { return outputs_; }

  /// What a submission binds. Throws Error(invalid_input), naming the input and what it takes, for a tensor that
  /// doesn't fit, a key that names no input, and an input that is named twice.
  std::vector<Binding> resolve(const Inputs& inputs) const;
  /// The position of an input. Throws Error(code) where there is none.
  std::size_t input_index(const InputKey& key, Errc code) const;
  /// The position of an output with this tensor name. Throws Error(invalid_argument).
  std::size_t output_index(const std::string& name) const;
  /// The same for a position.
  std::size_t output_index(std::size_t index) const;

 private:
  void check_fits(std::size_t input, const ov::Tensor& tensor) const;

  List inputs_;
  List outputs_;
};

}  // namespace inferqueue::openvino
