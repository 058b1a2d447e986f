// A device that does what its input says: an operation in the real runtime.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>

#include <openvino/core/extension.hpp>
#include <openvino/op/op.hpp>
#include <openvino/openvino.hpp>

namespace inferqueue::testing {

/// What the first of an input's values may ask for. Others ask for nothing.
namespace command {
inline constexpr float fail = -1;   ///< the inference throws DeviceFailed
inline constexpr float stand = -2;  ///< it stands still while there is a Standstill that wasn't told to go on
inline constexpr float nap = -3;    ///< it sleeps for as many microseconds as the second value says
}  // namespace command

struct DeviceFailed : std::runtime_error {
  DeviceFailed() : std::runtime_error("the device failed as it was told") {}
};

/// f32 of any shape: does what the input says, and then copies it to the output.
class CommandOp : public ov::op::Op {
 public:
  OPENVINO_OP("Command", "inferqueue_test")

  CommandOp() = default;
  explicit CommandOp(const ov::Output<ov::Node>& input) : Op({input}) { constructor_validate_and_infer_types(); }

  void validate_and_infer_types() override;
  std::shared_ptr<ov::Node> clone_with_new_inputs(const ov::OutputVector& inputs) const override;
  bool has_evaluate() const override { return true; }
  bool evaluate(ov::TensorVector& outputs, const ov::TensorVector& inputs) const override;
};

/// Makes inferences that are told to stand do so, from its construction to its destruction, which returns when none
/// stands any more. One at a time. Thread rules: one thread makes and destroys it; any calls the rest.
class Standstill {
 public:
  Standstill();
  ~Standstill();
  Standstill(const Standstill&) = delete;
  Standstill& operator=(const Standstill&) = delete;
  Standstill(Standstill&&) = delete;
  Standstill& operator=(Standstill&&) = delete;

  /// Again, after go_on().
  void stop();
  /// Lets those that stand go on, and those that come.
  void go_on();
  /// Waits until that many inferences stand. Throws std::runtime_error after a minute.
  void wait_until_standing(std::size_t count = 1);
};

/// How many inferences have begun in this process, by the operation above.
std::size_t inferences_begun() noexcept;

/// f32 [1,4] through CommandOp on the CPU; registers the operation with the core. Two streams, so that two inferences
/// run at the same time and one that stands doesn't hold up the others.
ov::CompiledModel compile_command_model(ov::Core& core);
/// Four values for it.
ov::Tensor told(float first, float second = 0);
/// The same in memory that `owner` watches: it expires when nobody holds the tensor any more.
ov::Tensor told(float first, std::weak_ptr<void>& owner);

}  // namespace inferqueue::testing
