#include "vision/heads/yolov5.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <hwy/cache_control.h>

#include "vision/heads/row.hpp"
#include "vision/heads/shape.hpp"

namespace inferqueue::vision {
namespace {

constexpr std::size_t kObjectness = 4;
constexpr std::size_t kFirstClass = 5;
constexpr std::size_t kAnchorsPerCell = 3;
// Of most rows only the objectness is read: too far from one to the next for the processor to foresee.
constexpr std::size_t kRowsAhead = 16;

Fit fit_by_shape(std::size_t rows, std::size_t row_size, Size network) {
  if (rows == kAnchorsPerCell * grid_cells(network, {8, 16, 32}) ||
      rows == kAnchorsPerCell * grid_cells(network, {8, 16, 32, 64}))
    return Fit::exact;
  return rows > row_size && rows >= grid_cells(network, {16, 32}) ? Fit::likely : Fit::possible;
}

Fit fit(const OutputFacts& facts) {
  if (!is_table(facts.shape) || facts.shape[2] <= kFirstClass) return Fit::none;
  const std::size_t classes = facts.shape[2] - kFirstClass;
  return weighed(fit_by_shape(facts.shape[1], facts.shape[2], facts.network), classes, facts);
}

std::unique_ptr<const Head> make(const OutputFacts& facts) {
  return std::make_unique<Yolov5Head>(facts.shape[2] - kFirstClass);
}

}  // namespace

const Layout kYolov5Layout{.option = "yolov5", .name = "YOLOv5", .shape = "[1,N,5+classes]", .fit = fit, .make = make};

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
    if (!(score > options.conf) || !std::isfinite(score) || !centred_box(row[0], row[1], row[2], row[3], box)) continue;
    const auto class_id = std::ranges::find(probabilities, best) - probabilities.begin();
    out.push_back({box, score, static_cast<int>(class_id)});
  }
}

}  // namespace inferqueue::vision
