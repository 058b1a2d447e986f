// Models that need no file: `--model builtin:NAME`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <openvino/core/model.hpp>

namespace inferqueue::models {

struct Builtin {
  std::string_view name;  ///< as typed: "builtin:relu"
  std::string_view what;  ///< a line for people
};

/// All of them:
///   - builtin:relu      y = relu(x), f32 [1,16]: next to no work, so that the queue's own cost shows;
///   - builtin:mlp       256-512-512-10 with ReLU, f32 [1,256]: a small model for which batching counts;
///   - builtin:yolov5n, builtin:yolov5s   YOLOv5 (release 6 and later) at 640x640 with 80 classes: the true
///     architecture, so that its cost is the real one, with seeded random weights, so that it finds nothing.
std::span<const Builtin> builtin_models();

/// True for a name that begins with "builtin:".
bool is_builtin(std::string_view name);

/// Makes one. The same name gives the same weights every time. Throws base::UserError that lists all for a name that
/// there isn't. Thread rules: a pure function.
std::shared_ptr<ov::Model> make_builtin(std::string_view name);

/// What a model costs.
struct Cost {
  std::uint64_t parameters = 0;  ///< elements of its constant weights and biases
  std::uint64_t flops = 0;       ///< of one inference: two for each multiplication with a weight
};

/// Counts convolutions and matrix multiplications by a constant, as the figures that are published for detectors do.
/// Shapes must be static. Thread rules: a pure function.
Cost cost_of(const ov::Model& model);

}  // namespace inferqueue::models
