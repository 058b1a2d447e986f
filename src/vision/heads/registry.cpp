#include "vision/heads/registry.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "vision/heads/grid.hpp"
#include "vision/heads/yolov5.hpp"

namespace inferqueue::vision {
namespace {

Recognition unsupported(std::string_view layout, std::span<const std::size_t> shape) {
  return {nullptr, fmt::format("The output [{}] is laid out like {}, which is not supported yet.",
                               fmt::join(shape, ","), layout)};
}

// [1, 4 + C, N] as exported, or [1, N, 4 + C] turned around; N is the number of cells, without anchors.
std::optional<Recognition> recognize_yolov8(std::span<const std::size_t> shape, Size network) {
  if (shape.size() != 3 || shape[0] != 1 || shape[1] <= 4 || shape[2] <= 4) return std::nullopt;
  const auto is_grid = [network](std::size_t n) {
    return n == grid_cells(network, {8, 16, 32}) || n == grid_cells(network, {8, 16, 32, 64}) ||
           n == grid_cells(network, {4, 8, 16, 32});
  };
  if (is_grid(shape[2])) return unsupported("YOLOv8's, [1,4+classes,N]", shape);
  if (is_grid(shape[1])) return unsupported("YOLOv8's with rows and columns exchanged, [1,N,4+classes]", shape);
  return std::nullopt;
}

// [1, N, 6]: corners, score and class, after a suppression that is part of the network (YOLOv10, YOLO26).
std::optional<Recognition> recognize_end_to_end(std::span<const std::size_t> shape, Size /*network*/) {
  if (shape.size() != 3 || shape[0] != 1 || shape[2] != 6) return std::nullopt;
  return unsupported("an end-to-end detector's, [1,N,6]", shape);
}

// Asked in this order: exact numbers of rows first, what only has the right proportions after them.
constexpr std::array<Recognizer, 4> kRecognizers{recognize_yolov5, recognize_yolov8, recognize_yolov5_by_proportions,
                                                 recognize_end_to_end};

}  // namespace

Recognition recognize(std::span<const std::size_t> output_shape, Size network) {
  for (const Recognizer recognizer : kRecognizers) {
    if (auto recognition = recognizer(output_shape, network)) return std::move(*recognition);
  }
  return {nullptr, fmt::format("The output [{}] for an input of {} by {} pixels is not that of a known detector; "
                               "YOLOv5's is [1,N,5+classes].",
                               fmt::join(output_shape, ","), network.width, network.height)};
}

}  // namespace inferqueue::vision
