// YOLOv5 before its own decoding: for each of its scales a map [1, height, width, anchors * (5 + C)] of numbers from
// minus to plus infinity, which a sigmoid makes the objectness, the probabilities and the boxes of.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vision/heads/head.hpp"

namespace inferqueue::vision {

/// One scale. Thread rules: a plain value.
struct Yolov5Map {
  struct Anchor {
    float width = 0;  ///< in network pixels
    float height = 0;
  };
  Size cells;        ///< of the map
  float stride = 0;  ///< network pixels from one cell to the next
  std::vector<Anchor> anchors;
};

/// Finds what Yolov5Head finds in the output that the network would have made of these maps, in the same order. Of most
/// cells it looks at the objectness alone, where the network decodes all there is. The formulas are YOLOv5's since
/// release 6: with s the sigmoid, centre = (2 s - 0.5 + cell) * stride and size = anchor * (2 s)^2.
/// Thread rules: immutable; any number of calls at once.
class Yolov5MapsHead final : public Head {
 public:
  /// Throws std::invalid_argument for no classes, no maps, or a map without cells or anchors.
  Yolov5MapsHead(std::size_t classes, std::vector<Yolov5Map> maps);

  std::string_view name() const override { return "YOLOv5"; }
  std::optional<std::size_t> classes() const override { return classes_; }
  std::size_t outputs() const override { return maps_.size(); }
  bool reads_bf16() const override { return true; }
  void decode(std::span<const float> output, const DecodeOptions& options, std::vector<Candidate>& out) const override;
  void decode_all(Outputs outputs, const DecodeOptions& options, std::vector<Candidate>& out) const override;

 private:
  std::size_t classes_;
  std::vector<Yolov5Map> maps_;
};

}  // namespace inferqueue::vision
