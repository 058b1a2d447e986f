// YOLOv5 as a graph.
#pragma once

#include <cstdint>
#include <memory>

#include <openvino/core/model.hpp>

namespace inferqueue::models {

/// The two factors that make one size of YOLOv5 out of the plan that all share.
struct Yolov5Size {
  double depth;  ///< of the number of bottlenecks
  double width;  ///< of the number of channels
};
inline constexpr Yolov5Size yolov5n{.depth = 0.33, .width = 0.25};
inline constexpr Yolov5Size yolov5s{.depth = 0.33, .width = 0.50};

/// Input "images" f32 [1,3,side,side], RGB 0..1; output "output0" f32 [1,N,5+classes], decoded: centre x, y, width and
/// height in pixels of the input, objectness, class scores. Random weights from the seed, with an objectness near 0
/// everywhere. `side` is a multiple of 32. Batch normalization is folded into the convolutions' biases.
/// Source of the architecture: the model definitions of YOLOv5, release 6.0 and later (yolov5n.yaml, yolov5s.yaml).
std::shared_ptr<ov::Model> make_yolov5(Yolov5Size size, std::size_t side, std::size_t classes, std::uint64_t seed);

}  // namespace inferqueue::models
