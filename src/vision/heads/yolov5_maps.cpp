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

float number(float value) {
  return value;
}

float number(hwy::bfloat16_t value) {
  return hwy::F32FromBF16(value);
}

/// What one anchor of one cell has: x, y, width, height, objectness, classes.
template <class T>
class Row {
 public:
  Row(const T* values, std::size_t classes) : values_(values), classes_(classes) {}

  float at(std::size_t value) const { return number(values_[value]); }

  /// The class with the highest value, of equals the first; NaN is never higher.
  std::size_t best_class() const {
    std::size_t best = 0;
    float highest = -std::numeric_limits<float>::infinity();
    for (std::size_t c = 0; c < classes_; ++c) {
      const float value = at(kFirstClass + c);
      if (value > highest) {
        highest = value;
        best = c;
      }
    }
    return best;
  }

 private:
  const T* values_;
  std::size_t classes_;
};

/// The box of a cell; false if it isn't finite.
template <class T>
bool read_box(const Row<T>& row, const Yolov5Map& map, const Yolov5Map::Anchor& anchor, std::size_t cell, Box& box) {
  const auto width = static_cast<std::size_t>(map.cells.width);
  const std::size_t column = cell % width;
  const std::size_t line = cell / width;
  const auto twice = [&](std::size_t value) { return 2 * sigmoid(row.at(value)); };
  const float x = (twice(0) - 0.5F + static_cast<float>(column)) * map.stride;
  const float y = (twice(1) - 0.5F + static_cast<float>(line)) * map.stride;
  const float half_width = twice(2) * twice(2) * anchor.width / 2;
  const float half_height = twice(3) * twice(3) * anchor.height / 2;
  box = {x - half_width, y - half_height, x + half_width, y + half_height};
  return std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) && std::isfinite(box.y2);
}

std::size_t cells_of(const Yolov5Map& map) {
  return static_cast<std::size_t>(map.cells.width) * static_cast<std::size_t>(map.cells.height);
}

/// One scale, anchor by anchor: the order in which the network puts its rows together.
template <class T>
void decode_map(const T* values, const Yolov5Map& map, std::size_t classes, float conf, std::vector<Candidate>& out) {
  const std::size_t length = kFirstClass + classes;
  const std::size_t cells = cells_of(map);
  const float least = least_value(conf);
  for (std::size_t a = 0; a < map.anchors.size(); ++a) {
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const Row<T> row(values + (cell * map.anchors.size() + a) * length, classes);
      if (!(row.at(kObjectness) > least)) continue;
      const float presence = sigmoid(row.at(kObjectness));
      if (!(presence > conf)) continue;
      const std::size_t best = row.best_class();
      const float score = presence * sigmoid(row.at(kFirstClass + best));
      Box box;
      if (!(score > conf) || !read_box(row, map, map.anchors[a], cell, box)) continue;
      out.push_back({box, score, static_cast<int>(best)});
    }
  }
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
  const Output one = output;
  decode_all({&one, 1}, options, out);
}

void Yolov5MapsHead::decode_all(Outputs outputs, const DecodeOptions& options, std::vector<Candidate>& out) const {
  if (outputs.size() != maps_.size()) throw std::invalid_argument("YOLOv5: there must be an output for each scale");
  const auto size = [](const auto& values) { return values.size(); };
  for (std::size_t i = 0; i < maps_.size(); ++i)
    if (std::visit(size, outputs[i]) != maps_[i].anchors.size() * (kFirstClass + classes_) * cells_of(maps_[i]))
      throw std::invalid_argument("YOLOv5: the output's length isn't cells * anchors * (5 + classes)");
  for (std::size_t i = 0; i < maps_.size(); ++i)
    std::visit([&](const auto& values) { decode_map(values.data(), maps_[i], classes_, options.conf, out); },
               outputs[i]);
}

}  // namespace inferqueue::vision
