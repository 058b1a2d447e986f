#include "vision/heads/yolov8.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "vision/heads/row.hpp"
#include "vision/heads/shape.hpp"

namespace inferqueue::vision {
namespace {

constexpr std::size_t kFirstClass = 4;
// Cells at a time. Their maxima and classes stay in the first-level cache, and so many numbers side by side are worth
// the jump to the next class.
constexpr std::size_t kBlock = 512;

Fit fit_table(std::size_t values, std::size_t cells, const OutputFacts& facts) {
  if (values <= kFirstClass) return Fit::none;
  const std::size_t classes = values - kFirstClass;
  const Size network = facts.network;
  if (cells == grid_cells(network, {8, 16, 32})) return weighed(Fit::exact, classes, facts);
  const bool rare = cells == grid_cells(network, {8, 16, 32, 64}) || cells == grid_cells(network, {4, 8, 16, 32});
  // More classes than cells are believed of the usual grid only: small numbers are those of a rare one by chance.
  if (rare) return weighed(values <= cells ? Fit::exact : Fit::likely, classes, facts);
  return values <= cells ? Fit::possible : Fit::none;
}

Fit fit(const OutputFacts& facts) {
  return is_table(facts.shape) ? fit_table(facts.shape[1], facts.shape[2], facts) : Fit::none;
}

Fit fit_transposed(const OutputFacts& facts) {
  return is_table(facts.shape) ? fit_table(facts.shape[2], facts.shape[1], facts) : Fit::none;
}

std::unique_ptr<const Head> make(const OutputFacts& facts) {
  return std::make_unique<Yolov8Head>(facts.shape[1] - kFirstClass);
}

std::unique_ptr<const Head> make_transposed(const OutputFacts& facts) {
  return std::make_unique<Yolov8TransposedHead>(facts.shape[2] - kFirstClass);
}

std::size_t checked(std::size_t classes) {
  if (classes == 0) throw std::invalid_argument("YOLOv8: a detector has at least one class");
  return classes;
}

/// The number of cells in an output.
std::size_t cells_in(std::span<const float> output, std::size_t classes) {
  if (output.size() % (kFirstClass + classes) != 0) {
    throw std::invalid_argument("YOLOv8: the output's length isn't a multiple of 4 + classes");
  }
  return output.size() / (kFirstClass + classes);
}

/// What is kept of a block of cells while its classes pass by.
struct Block {
  std::array<float, kBlock> best;
  std::array<std::int32_t, kBlock> class_id;
};

/// The planes of a block's classes: that of class c begins at first + c * stride and has `cells` numbers.
struct Planes {
  const float* first = nullptr;
  std::size_t stride = 0;
  std::size_t classes = 0;
  std::size_t cells = 0;
};

/// Finds each cell's largest probability; NaN is never larger. A whole block has a length that the compiler knows.
template <typename Count>
void find_best(const Planes& planes, Count cells, Block& block) {
  std::fill_n(block.best.begin(), cells(), -std::numeric_limits<float>::infinity());
  for (std::size_t c = 0; c < planes.classes; ++c) {
    const float* const plane = planes.first + c * planes.stride;
    for (std::size_t i = 0; i < cells(); ++i) block.best[i] = plane[i] > block.best[i] ? plane[i] : block.best[i];
  }
}

/// Finds the first class that has each cell's largest probability: from the last class on, so that the first is written
/// last.
template <typename Count>
void find_classes(const Planes& planes, Count cells, Block& block) {
  for (std::size_t c = planes.classes; c-- > 0;) {
    const float* const plane = planes.first + c * planes.stride;
    const auto id = static_cast<std::int32_t>(c);
    for (std::size_t i = 0; i < cells(); ++i) {
      block.class_id[i] = plane[i] == block.best[i] ? id : block.class_id[i];
    }
  }
}

/// Whether any cell of the block is above the threshold, and if so which class each has.
template <typename Count>
bool read_block(const Planes& planes, Count cells, float conf, Block& block) {
  find_best(planes, cells, block);
  bool found = false;
  for (std::size_t i = 0; i < cells(); ++i) found |= block.best[i] > conf;
  if (found) find_classes(planes, cells, block);
  return found;
}

}  // namespace

const Layout kYolov8Layout{.option = "yolov8", .name = "YOLOv8", .shape = "[1,4+classes,N]", .fit = fit, .make = make};
const Layout kYolov8TransposedLayout{.option = "yolov8-transposed",
                                     .name = "YOLOv8 transposed",
                                     .shape = "[1,N,4+classes]",
                                     .fit = fit_transposed,
                                     .make = make_transposed};

Yolov8Head::Yolov8Head(std::size_t classes) : classes_(checked(classes)) {}

void Yolov8Head::decode(std::span<const float> output, const DecodeOptions& options,
                        std::vector<Candidate>& out) const {
  const std::size_t cells = cells_in(output, classes_);
  const float* const x = output.data();
  const float* const y = x + cells;
  const float* const width = y + cells;
  const float* const height = width + cells;
  Block block{};
  for (std::size_t start = 0; start < cells; start += kBlock) {
    const std::size_t count = std::min(kBlock, cells - start);
    const Planes planes{x + kFirstClass * cells + start, cells, classes_, count};
    const bool found = count == kBlock ? read_block(
                                             planes, [] { return kBlock; }, options.conf, block)
                                       : read_block(planes, [count] { return count; }, options.conf, block);
    if (!found) continue;
    for (std::size_t i = 0; i < count; ++i) {
      const float score = block.best[i];
      const std::size_t cell = start + i;
      Box box;
      if (!(score > options.conf) || !std::isfinite(score) ||
          !centred_box(x[cell], y[cell], width[cell], height[cell], box))
        continue;
      out.push_back({box, score, block.class_id[i]});
    }
  }
}

Yolov8TransposedHead::Yolov8TransposedHead(std::size_t classes) : classes_(checked(classes)) {}

void Yolov8TransposedHead::decode(std::span<const float> output, const DecodeOptions& options,
                                  std::vector<Candidate>& out) const {
  const std::size_t cells = cells_in(output, classes_);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const float* const row = output.data() + cell * (kFirstClass + classes_);
    const std::span<const float> probabilities(row + kFirstClass, classes_);
    const float score = largest(probabilities);
    Box box;
    if (!(score > options.conf) || !std::isfinite(score) || !centred_box(row[0], row[1], row[2], row[3], box)) continue;
    const auto class_id = std::ranges::find(probabilities, score) - probabilities.begin();
    out.push_back({box, score, static_cast<int>(class_id)});
  }
}

}  // namespace inferqueue::vision
