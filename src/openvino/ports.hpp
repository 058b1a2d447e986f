// A compiled model's inputs and outputs, looked up once, and the check of a submission against them.
#pragma once

#include <cstddef>
#include <optional>
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

  explicit Ports(const ov::CompiledModel& model);

  const List& inputs() const noexcept { return inputs_; }
  const List& outputs() const noexcept { return outputs_; }

  /// What a submission binds. Throws Error(invalid_input), naming the input and what it takes, for a tensor that
  /// doesn't fit, a key that names no input, and an input that is named twice.
  std::vector<Binding> resolve(const Inputs& inputs) const;
  /// True if the tensor has the type and a shape of that input or output.
  bool fits_input(std::size_t input, const ov::Tensor& tensor) const;
  bool fits_output(std::size_t output, const ov::Tensor& tensor) const;
  /// A tensor for that input or output, in host memory. Where the shape is dynamic it is empty.
  ov::Tensor make_input(std::size_t input) const;
  ov::Tensor make_output(std::size_t output) const;
  /// Throws Error(invalid_input), naming the input and what it takes, if the tensor doesn't fit.
  void check_fits(std::size_t input, const ov::Tensor& tensor) const;

  /// The position of an input. Throws Error(code) where there is none.
  std::size_t input_index(const InputKey& key, Errc code) const;
  /// The position of an output with this tensor name. Throws Error(invalid_argument).
  std::size_t output_index(const std::string& name) const;
  /// The same for a position.
  std::size_t output_index(std::size_t index) const;

 private:
  /// A port's shape where it is static, which is quicker to compare; empty where it isn't.
  using StaticShapes = std::vector<std::optional<ov::Shape>>;

  static StaticShapes static_shapes(const List& ports);
  static bool fits(const ov::Output<const ov::Node>& port, const std::optional<ov::Shape>& fixed,
                   const ov::Tensor& tensor);

  List inputs_;
  List outputs_;
  StaticShapes input_shapes_;
  StaticShapes output_shapes_;
};

}  // namespace inferqueue::openvino
