// YOLOv5's and YOLOv7's output: [1, N, 5 + C], decoded by the network itself. A row holds centre x, centre y, width,
// height in network pixels, objectness, and a probability for each of C classes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vision/heads/head.hpp"

namespace inferqueue::vision {

/// Reads what YOLOv5's non_max_suppression does for detection: rows with an objectness above the threshold, of each
/// the best class (of equals the first), if objectness times probability is above the threshold too.
/// Thread rules: immutable; any number of calls at once.
class Yolov5Head final : public Head {
 public:
  /// Throws std::invalid_argument for no classes.
  explicit Yolov5Head(std::size_t classes);

  std::string_view name() const override { return "YOLOv5"; }
  std::optional<std::size_t> classes() const override { return classes_; }
  void decode(std::span<const float> output, const DecodeOptions& options, std::vector<Candidate>& out) const override;

 private:
  std::size_t classes_;
};

/// Exact where N is the number of YOLOv5's anchors for the network's input: 3 per cell at strides 8, 16, 32 and, for
/// the P6 models, 64. Likely where at least the proportions are right, for networks with other anchors: N > 5 + C, and
/// no fewer rows than cells at strides 16 and 32. Detectors without a grid have some hundred rows.
extern const Layout kYolov5Layout;

}  // namespace inferqueue::vision
