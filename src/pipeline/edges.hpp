// What a compiled detector is given and what it gives: types and layouts that cost little on the device.
#pragma once

#include <memory>

#include <openvino/core/model.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/runtime/core.hpp>

#include "pipeline/device_options.hpp"
#include "pipeline/model.hpp"

namespace inferqueue::pipeline {

/// Thread rules: a plain value.
struct Edges {
  /// u8: bytes [1,3,height,width], a quarter of the memory of floats to write and to read; the graph divides by 255.
  /// bf16: shares of 255, [1,height,width,3].
  ov::element::Type input = ov::element::u8;
  ov::element::Type output = ov::element::f32;  ///< of the outputs that the head reads; or bf16
};

/// What suits the device. Where the CPU computes in bf16, as it does by itself if it has instructions for it, pixels of
/// bf16 are what its first convolution reads, and bf16 is what its last ones write: the runtime would convert and turn
/// around both otherwise, and nothing is gained by it. A quantized model may compute in another type all the same.
Edges edges_for(const ov::Core& core, const DetectorModel& model, const DeviceOptions& options);

/// The detector's graph with these edges, whatever its own types are. The model stays as it is. Thread rules: a pure
/// function.
std::shared_ptr<ov::Model> with_edges(const DetectorModel& model, const Edges& edges);

}  // namespace inferqueue::pipeline
