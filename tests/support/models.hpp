// Small models for tests on the real runtime.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <openvino/core/extension.hpp>
#include <openvino/op/op.hpp>
#include <openvino/openvino.hpp>

namespace inferqueue::testing {

/// y = relu(x), f32. One input "x", one output "y".
std::shared_ptr<ov::Model> relu_model(const ov::PartialShape& shape = {1, 16});
/// sum = a + b, difference = a - b, f32 [1,4]. Inputs "a", "b"; outputs "sum", "difference".
std::shared_ptr<ov::Model> two_inputs_model();

/// Runs test code inside the real runtime: an operation on f32 of any shape that calls the hook with its input, which
/// may throw, block or sleep, and then copies the input to the output.
class HookOp : public ov::op::Op {
 public:
  OPENVINO_OP("Hook", "inferqueue_test")
  using Hook = std::function<void(const ov::Tensor& input)>;

  HookOp() = default;
  explicit HookOp(const ov::Output<ov::Node>& input) : Op({input}) { constructor_validate_and_infer_types(); }

  void validate_and_infer_types() override;
  std::shared_ptr<ov::Node> clone_with_new_inputs(const ov::OutputVector& inputs) const override;
  bool has_evaluate() const override { return true; }
  bool evaluate(ov::TensorVector& outputs, const ov::TensorVector& inputs) const override;

  /// Set before a model that contains the operation runs; tests of one process run one after another.
  static Hook hook;
};

/// f32 [1,4] through HookOp; registers the operation with the core.
ov::CompiledModel compile_hook_model(ov::Core& core, const ov::AnyMap& properties = {});

/// A f32 tensor filled with one value.
ov::Tensor filled(const ov::Shape& shape, float value);

}  // namespace inferqueue::testing
