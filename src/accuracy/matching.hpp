// Which detection is of which object.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "accuracy/truth.hpp"
#include "vision/detection.hpp"

namespace inferqueue::accuracy {

/// The overlaps (IoU) that COCO measures at: 0.50, 0.55 … 0.95.
inline constexpr std::size_t threshold_count = 10;
constexpr float iou_threshold(std::size_t i) {
  return static_cast<float>(50 + 5 * i) / 100.F;
}

enum class Classes { same, any };

/// For each detection, the index of the object that it finds; nothing if it finds none. The detections choose in the
/// order of their scores (of equals, the earlier first), each the object that it overlaps most among those of its class
/// that are still free and that it overlaps by `threshold` or more. So an object is found once, a second detection of
/// it finds nothing, and what has a lower score changes nothing for what has a higher one.
///
/// This is the greedy matching of COCO's evaluation (Lin et al., Microsoft COCO, 2014; pycocotools' evaluateImg),
/// without its crowd regions. With Classes::any the classes don't count. A box with a NaN overlaps nothing. Scores must
/// not be NaN. Thread rules: a pure function.
std::vector<std::optional<std::size_t>> match(std::span<const vision::Detection> detections,
                                              std::span<const Truth> truth, float threshold,
                                              Classes classes = Classes::same);

}  // namespace inferqueue::accuracy
