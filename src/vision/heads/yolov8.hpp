// The output of YOLOv8, v9, v11 and others of Ultralytics' without anchors: [1, 4 + C, N], decoded by the network
// itself. N cells, each with centre x, centre y, width, height in network pixels and a probability for each of C
// classes, which is the score; there is no objectness. Some tools turn it around to [1, N, 4 + C].
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vision/heads/head.hpp"

namespace inferqueue::vision {

/// Reads [1, 4 + C, N], where the numbers of one kind lie side by side for all cells: of each cell the best class (of
/// equals the first), if its probability is above the threshold. That is the meaning of Ultralytics'
/// non_max_suppression for detection, without its option multi_label.
/// Goes through a block of cells a class at a time, keeping the maxima, so that memory is read in order and the
/// compiler has vectors to work on; which class it was is looked for only in blocks where something was found.
/// Thread rules: immutable; any number of calls at once, each with some KB of its own stack.
class Yolov8Head final : public Head {
 public:
  /// Throws std::invalid_argument for no classes.
  explicit Yolov8Head(std::size_t classes);

  std::string_view name() const override { return "YOLOv8"; }
  std::optional<std::size_t> classes() const override { return classes_; }
  void decode(std::span<const float> output, const DecodeOptions& options, std::vector<Candidate>& out) const override;

 private:
  std::size_t classes_;
};

/// Reads the same from [1, N, 4 + C], a row for each cell. Thread rules: immutable; any number of calls at once.
class Yolov8TransposedHead final : public Head {
 public:
  /// Throws std::invalid_argument for no classes.
  explicit Yolov8TransposedHead(std::size_t classes);

  std::string_view name() const override { return "YOLOv8 transposed"; }
  std::optional<std::size_t> classes() const override { return classes_; }
  void decode(std::span<const float> output, const DecodeOptions& options, std::vector<Candidate>& out) const override;

 private:
  std::size_t classes_;
};

/// Exact where N is the number of cells for the network's input, at strides 8, 16, 32, with 64 (P6) or with 4 (P2);
/// possible where N is at least no smaller than 4 + C. Without anchors to count nothing is likely by its proportions:
/// many networks have outputs [1,a,b].
extern const Layout kYolov8Layout;
extern const Layout kYolov8TransposedLayout;

}  // namespace inferqueue::vision
