#include "pipeline/edges.hpp"

#include <algorithm>

#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/runtime/properties.hpp>

namespace inferqueue::pipeline {
namespace {

bool is_quantized(const ov::Model& graph) {
  return std::ranges::any_of(graph.get_ops(), [](const auto& op) { return ov::is_type<ov::op::v0::FakeQuantize>(op); });
}

bool computes_in_bf16(const ov::Core& core, const DeviceOptions& options) {
  if (options.device != "CPU" || !(options.precision.empty() || options.precision == "bf16")) return false;
  for (const auto& name : {ov::hint::inference_precision.name(), ov::hint::execution_mode.name()})
    if (options.properties.contains(name)) return false;
  return core.get_property(options.device, ov::hint::inference_precision) == ov::element::bf16;
}

}  // namespace

Edges edges_for(const ov::Core& core, const DetectorModel& model, const DeviceOptions& options) {
  if (is_quantized(*model.graph) || !computes_in_bf16(core, options)) return {};
  return {.input = ov::element::bf16, .output = model.head->reads_bf16() ? ov::element::bf16 : ov::element::f32};
}

std::shared_ptr<ov::Model> with_edges(const DetectorModel& model, const Edges& edges) {
  const std::shared_ptr<ov::Model> graph = model.graph->clone();
  const ov::element::Type own = graph->input().get_element_type();
  ov::preprocess::PrePostProcessor adapter(graph);
  ov::preprocess::InputInfo& input = adapter.input();
  input.tensor().set_element_type(edges.input);
  input.preprocess().convert_element_type(own);
  if (edges.input == ov::element::u8) {
    input.preprocess().scale(255.F);
  } else {
    input.tensor().set_layout("NHWC");
    input.model().set_layout("NCHW");
  }
  for (const std::size_t output : model.outputs) adapter.output(output).tensor().set_element_type(edges.output);
  return adapter.build();
}

}  // namespace inferqueue::pipeline
