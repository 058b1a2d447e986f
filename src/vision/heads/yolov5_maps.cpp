#include "vision/heads/yolov5_maps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace inferqueue::vision {
namespace {

constexpr std::size_t kObjectness = 4;
constexpr std::size_t kFirstClass = 5;

float sigmoid(float value) {
  return 1 / (1 + std::exp(-value));
}

/// What must be exceeded before the sigmoid: a little less than is exact, so that rounding loses nothing.
float least_value(float conf) {
  if (!(conf > 0)) return -std::numeric_limits<float>::infinity();
  if (conf >= 1) return std::numeric_limits<float>::infinity();
  const float exact = std::log(conf / (1 - conf));
  return exact - 1e-3F * std::max(1.F, std::abs(exact));
}

/// One anchor's planes of a map.
class Planes {
 public:
  Planes(const float* planes, std::size_t cells, std::size_t classes)
      : planes_(planes), cells_(cells), classes_(classes) {}

  const float* objectness() const { return planes_ + kObjectness * cells_; }
  float at(std::size_t plane, std::size_t cell) const { return planes_[plane * cells_ + cell]; }

  /// The class with the highest value, of equals the first; NaN is never higher.
  std::size_t best_class(std::size_t cell) const {
    std::size_t best = 0;
    float highest = -std::numeric_limits<float>::infinity();
    for (std::size_t c = 0; c < classes_; ++c) {
      const float value = at(kFirstClass + c, cell);
      if (value > highest) {
        highest = value;
        best = c;
      }
    }
    return best;
  }

 private:
  const float* planes_;
  std::size_t cells_;
  std::size_t classes_;
};

/// The box of a cell; false if it isn't finite.
bool read_box(const Planes& planes, const Yolov5Map& map, const Yolov5Map::Anchor& anchor, std::size_t cell, Box& box) {
  const auto width = static_cast<std::size_t>(map.cells.width);
  const std::size_t column = cell % width;
  const std::size_t row = cell / width;
  const auto twice = [&](std::size_t plane) { return 2 * sigmoid(planes.at(plane, cell)); };
  const float x = (twice(0) - 0.5F + static_cast<float>(column)) * map.stride;
  const float y = (twice(1) - 0.5F + static_cast<float>(row)) * map.stride;
  const float half_width = twice(2) * twice(2) * anchor.width / 2;
  const float half_height = twice(3) * twice(3) * anchor.height / 2;
  box = {x - half_width, y - half_height, x + half_width, y + half_height};
  return std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) && std::isfinite(box.y2);
}

std::size_t cells_of(const Yolov5Map& map) {
  return static_cast<std::size_t>(map.cells.width) * static_cast<std::size_t>(map.cells.height);
}

}  // namespace

Yolov5MapsHead::Yolov5MapsHead(std::size_t classes, std::vector<Yolov5Map> maps)
    : classes_(classes), maps_(std::move(maps)) {
  if (classes == 0) throw std::invalid_argument("YOLOv5: a detector has at least one class");
  if (maps_.empty()) throw std::invalid_argument("YOLOv5: a detector has at least one scale");
  for (const Yolov5Map& map : maps_)
    if (map.cells.width < 1 || map.cells.height < 1 || map.anchors.empty())
      throw std::invalid_argument("YOLOv5: a map has cells and anchors");
}

void Yolov5MapsHead::decode(std::span<const float> output, const DecodeOptions& options,
                            std::vector<Candidate>& out) const {
  decode_all({&output, 1}, options, out);
}

void Yolov5MapsHead::decode_all(Outputs outputs, const DecodeOptions& options, std::vector<Candidate>& out) const {
  if (outputs.size() != maps_.size()) throw std::invalid_argument("YOLOv5: there must be an output for each scale");
  const std::size_t planes_of_anchor = kFirstClass + classes_;
  for (std::size_t i = 0; i < maps_.size(); ++i)
    if (outputs[i].size() != maps_[i].anchors.size() * planes_of_anchor * cells_of(maps_[i]))
      throw std::invalid_argument("YOLOv5: the output's length isn't anchors * (5 + classes) * cells");
  const float least = least_value(options.conf);
  for (std::size_t i = 0; i < maps_.size(); ++i) {
    const Yolov5Map& map = maps_[i];
    const std::size_t cells = cells_of(map);
    for (std::size_t a = 0; a < map.anchors.size(); ++a) {
      const Planes planes(outputs[i].data() + a * planes_of_anchor * cells, cells, classes_);
      const float* const objectness = planes.objectness();
      for (std::size_t cell = 0; cell < cells; ++cell) {
        if (!(objectness[cell] > least)) continue;
        const float presence = sigmoid(objectness[cell]);
        if (!(presence > options.conf)) continue;
        const std::size_t best = planes.best_class(cell);
        const float score = presence * sigmoid(planes.at(kFirstClass + best, cell));
        Box box;
        if (!(score > options.conf) || !read_box(planes, map, map.anchors[a], cell, box)) continue;
        out.push_back({box, score, static_cast<int>(best)});
      }
    }
  }
}

}  // namespace inferqueue::vision
