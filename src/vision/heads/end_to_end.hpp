// The output of detectors that drop overlapping boxes themselves: [1, N, 6], the best first. A row holds x1, y1, x2, y2
// in network pixels, score and class; where there are fewer objects than rows, the rest have the score 0. YOLOv10 and
// YOLO26 end so, and others that were exported with the suppression inside (Ultralytics' nms=True).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vision/heads/head.hpp"

namespace inferqueue::vision {

/// Reads the rows with a score above the threshold and a class that there is. Classes are whole numbers; what f16 or
/// bf16 made of them is rounded. Thread rules: immutable; any number of calls at once.
class EndToEndHead final : public Head {
 public:
  /// Without a number of classes, those below kMostClasses are read. Throws std::invalid_argument for no classes.
  explicit EndToEndHead(std::optional<std::size_t> classes);

  std::string_view name() const override { return "end-to-end"; }
  std::optional<std::size_t> classes() const override { return classes_; }
  bool suppresses() const override { return true; }
  void decode(std::span<const float> output, const DecodeOptions& options, std::vector<Candidate>& out) const override;

 private:
  std::optional<std::size_t> classes_;
};

/// Exact for [1,300,6], which exporters write unless they are told otherwise; likely for [1,N,6], even if N comes out
/// only when the network has run. Stated where the model says that it suppresses itself, and only possible where it
/// says that it doesn't.
extern const Layout kEndToEndLayout;

}  // namespace inferqueue::vision
