#include "vision/heads/yolov5.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <hwy/cache_control.h>

#include "vision/heads/grid.hpp"

namespace inferqueue::vision {
namespace {

constexpr std::size_t kObjectness = 4;
constexpr std::size_t kFirstClass = 5;
constexpr std::size_t kAnchorsPerCell = 3;
// Of most rows only the objectness is read: too far from one to the next for the processor to foresee.
constexpr std::size_t kRowsAhead = 16;

// The largest of the values, -infinity if there is none. Eight maxima side by side, which the compiler keeps in vector
// registers; a single one would have to wait for its predecessor. NaN is never larger.
float largest(std::span<const float> values) {
  std::array<float, 8> maxima{};
  maxima.fill(-std::numeric_limits<float>::infinity());
  std::size_t i = 0;
  for (; i + maxima.size() <= values.size(); i += maxima.size()) {
    for (std::size_t lane = 0; lane < maxima.size(); ++lane) {
      maxima[lane] = values[i + lane] > maxima[lane] ? values[i + lane] : maxima[lane];
    }
  }
  for (; i < values.size(); ++i) maxima[0] = values[i] > maxima[0] ? values[i] : maxima[0];
  return *std::ranges::max_element(maxima);
}

// The box of a row. False if it isn't finite, or its size is negative: that is no box, and its corners would change
// places.
bool read_box(const float* row, Box& box) {
  if (!(row[2] >= 0 && row[3] >= 0)) return false;
  const float half_width = row[2] / 2;
  const float half_height = row[3] / 2;
  box = {row[0] - half_width, row[1] - half_height, row[0] + half_width, row[1] + half_height};
  return std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) && std::isfinite(box.y2);
}

}  // namespace

Yolov5Head::Yolov5Head(std::size_t classes) : classes_(classes) {
  if (classes == 0) throw std::invalid_argument("YOLOv5: a detector has at least one class");
}

void Yolov5Head::decode(std::span<const float> output, const DecodeOptions& options,
                        std::vector<Candidate>& out) const {
  const std::size_t row_size = kFirstClass + classes_;
  if (output.size() % row_size != 0) {
    throw std::invalid_argument("YOLOv5: the output's length isn't a multiple of 5 + classes");
  }
  for (std::size_t start = 0; start < output.size(); start += row_size) {
    const float* const row = output.data() + start;
    if (start + kRowsAhead * row_size < output.size()) hwy::Prefetch(row + kRowsAhead * row_size + kObjectness);
    const float objectness = row[kObjectness];
    if (!(objectness > options.conf)) continue;
    const std::span<const float> probabilities(row + kFirstClass, classes_);
    const float best = largest(probabilities);
    const float score = objectness * best;
    Box box;
    if (!(score > options.conf) || !std::isfinite(score) || !read_box(row, box)) continue;
    const auto class_id = std::ranges::find(probabilities, best) - probabilities.begin();
    out.push_back({box, score, static_cast<int>(class_id)});
  }
}

std::optional<Recognition> recognize_yolov5(std::span<const std::size_t> shape, Size network) {
  if (shape.size() != 3 || shape[0] != 1 || shape[1] == 0 || shape[2] <= kFirstClass) return std::nullopt;
  const bool exact = shape[1] == kAnchorsPerCell * grid_cells(network, {8, 16, 32}) ||
                     shape[1] == kAnchorsPerCell * grid_cells(network, {8, 16, 32, 64});
  if (!exact) return std::nullopt;
  return Recognition{std::make_unique<Yolov5Head>(shape[2] - kFirstClass), {}};
}

std::optional<Recognition> recognize_yolov5_by_proportions(std::span<const std::size_t> shape, Size /*network*/) {
  if (shape.size() != 3 || shape[0] != 1 || shape[2] <= kFirstClass + 1 || shape[1] <= shape[2]) return std::nullopt;
  return Recognition{std::make_unique<Yolov5Head>(shape[2] - kFirstClass), {}};
}

}  // namespace inferqueue::vision
