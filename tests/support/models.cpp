#include "support/models.hpp"

#include <algorithm>

#include <openvino/op/add.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/relu.hpp>
#include <openvino/op/subtract.hpp>

namespace inferqueue::testing {
namespace {

std::shared_ptr<ov::op::v0::Parameter> parameter(const ov::PartialShape& shape, const std::string& name) {
  auto made = std::make_shared<ov::op::v0::Parameter>(ov::element::f32, shape);
  made->output(0).set_names({name});
  return made;
}

}  // namespace

std::shared_ptr<ov::Model> relu_model(const ov::PartialShape& shape) {
  const auto x = parameter(shape, "x");
  const auto y = std::make_shared<ov::op::v0::Relu>(x);
  y->output(0).set_names({"y"});
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}, "relu");
}

std::shared_ptr<ov::Model> two_inputs_model() {
  const auto a = parameter({1, 4}, "a");
  const auto b = parameter({1, 4}, "b");
  const auto sum = std::make_shared<ov::op::v1::Add>(a, b);
  sum->output(0).set_names({"sum"});
  const auto difference = std::make_shared<ov::op::v1::Subtract>(a, b);
  difference->output(0).set_names({"difference"});
  return std::make_shared<ov::Model>(ov::OutputVector{sum, difference}, ov::ParameterVector{a, b}, "two_inputs");
}

HookOp::Hook HookOp::hook;

void HookOp::validate_and_infer_types() {
  set_output_type(0, get_input_element_type(0), get_input_partial_shape(0));
}

std::shared_ptr<ov::Node> HookOp::clone_with_new_inputs(const ov::OutputVector& inputs) const {
  return std::make_shared<HookOp>(inputs.at(0));
}

bool HookOp::evaluate(ov::TensorVector& outputs, const ov::TensorVector& inputs) const {
  if (hook) hook(inputs[0]);
  inputs[0].copy_to(outputs[0]);
  return true;
}

ov::CompiledModel compile_hook_model(ov::Core& core, const ov::AnyMap& properties) {
  core.add_extension<HookOp>();
  const auto x = parameter({1, 4}, "x");
  const auto y = std::make_shared<HookOp>(x);
  y->output(0).set_names({"y"});
  return core.compile_model(std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}, "hook"), "CPU",
                            properties);
}

ov::Tensor filled(const ov::Shape& shape, float value) {
  ov::Tensor tensor(ov::element::f32, shape);
  std::fill_n(tensor.data<float>(), tensor.get_size(), value);
  return tensor;
}

}  // namespace inferqueue::testing
