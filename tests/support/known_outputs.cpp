#include "support/known_outputs.hpp"

#include <array>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace inferqueue::testing {
namespace {

// For 64 by 64: YOLOv8's cells, 8*8 + 4*4 + 2*2, YOLOv5's three anchors in each, and as many rows as end-to-end
// detectors mostly have.
constexpr std::size_t cells = 84;
constexpr std::size_t rows = 3 * cells;
constexpr std::size_t most_objects = 300;
constexpr float gain_of_width = 32;

struct KnownBox {
  std::array<float, 4> box;  // centre and size
  float score;
  std::size_t class_id;
};
constexpr std::array<KnownBox, 4> boxes{
    {{{32, 32, 16, 32}, 0.9F, 1}, {{8, 12, 8, 16}, 0.5F, 0}, {{50, 52, 20, 16}, 0.3F, 2}, {{20, 50, 8, 8}, 0.2F, 2}}};
// What suppression would drop for the first: an end-to-end detector keeps it if it likes.
constexpr KnownBox twin{{32, 32, 16, 32}, 0.6F, 1};

KnownOutput of_shape(std::vector<std::size_t> shape) {
  KnownOutput output{std::move(shape), {}, {}};
  output.fixed.resize(std::accumulate(output.shape.begin(), output.shape.end(), std::size_t{1}, std::multiplies<>()));
  output.gain.resize(output.fixed.size());
  return output;
}

/// The objectness carries the score, the class has probability 1.
KnownOutput yolov5(std::size_t classes) {
  KnownOutput output = of_shape({1, rows, 5 + classes});
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const std::size_t row = (200 + i) * (5 + classes);  // not the first of the output
    for (std::size_t k = 0; k < 4; ++k) output.fixed[row + k] = boxes[i].box[k];
    output.fixed[row + 4] = boxes[i].score;
    output.fixed[row + 5 + boxes[i].class_id % classes] = 1;
    if (i == 0) output.gain[row + 2] = gain_of_width;
  }
  return output;
}

KnownOutput yolov8(std::size_t classes, bool transposed) {
  const std::size_t values = 4 + classes;
  KnownOutput output =
      of_shape(transposed ? std::vector<std::size_t>{1, cells, values} : std::vector<std::size_t>{1, values, cells});
  const auto at = [&](std::size_t cell, std::size_t value) {
    return transposed ? cell * values + value : value * cells + cell;
  };
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const std::size_t cell = 70 + i;
    for (std::size_t k = 0; k < 4; ++k) output.fixed[at(cell, k)] = boxes[i].box[k];
    output.fixed[at(cell, 4 + boxes[i].class_id % classes)] = boxes[i].score;
    if (i == 0) output.gain[at(cell, 2)] = gain_of_width;
  }
  return output;
}

KnownOutput end_to_end() {
  constexpr std::size_t row_size = 6;
  KnownOutput output = of_shape({1, most_objects, row_size});
  std::size_t row = 0;
  const auto put = [&](const KnownBox& known) {
    const auto [x, y, width, height] = known.box;
    for (const float value : {x - width / 2, y - height / 2, x + width / 2, y + height / 2, known.score,
                              static_cast<float>(known.class_id)})
      output.fixed[row++] = value;
  };
  put(boxes[0]);
  put(twin);
  for (std::size_t i = 1; i < boxes.size(); ++i) put(boxes[i]);
  output.gain[0] = -gain_of_width / 2;
  output.gain[2] = gain_of_width / 2;
  return output;
}

}  // namespace

KnownOutput known_output(KnownLayout layout, std::size_t classes) {
  switch (layout) {
    case KnownLayout::yolov5:
      return yolov5(classes);
    case KnownLayout::yolov8:
      return yolov8(classes, false);
    case KnownLayout::yolov8_transposed:
      return yolov8(classes, true);
    case KnownLayout::end2end:
      return end_to_end();
    case KnownLayout::nonsense:
      return of_shape({1, 1000});
  }
  throw std::invalid_argument("no such layout");
}

}  // namespace inferqueue::testing
