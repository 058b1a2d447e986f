// What layouts of the YOLO family ask of an output's shape.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>

#include "vision/heads/head.hpp"

namespace inferqueue::vision {

/// The number of cells of grids with the given strides over an input. Thread rules: a pure function.
constexpr std::size_t grid_cells(Size network, std::initializer_list<int> strides) {
  std::size_t cells = 0;
  for (const int stride : strides) {
    cells += static_cast<std::size_t>(network.width / stride) * static_cast<std::size_t>(network.height / stride);
  }
  return cells;
}

/// Whether the output is [1, a, b] with both known and neither 0. Thread rules: a pure function.
constexpr bool is_table(std::span<const std::size_t> shape) {
  return shape.size() == 3 && shape[0] == 1 &&
         std::ranges::none_of(shape, [](std::size_t size) { return size == 0 || size == kDynamic; });
}

/// The fit, by its shape likely or exact, of a layout whose boxes are still to be suppressed, weighed by the number of
/// classes that the model names: a step better if the layout has as many, unless the model says that it suppresses
/// itself, a step worse if it hasn't. Thread rules: a pure function.
constexpr Fit weighed(Fit fit, std::size_t classes, const OutputFacts& facts) {
  if (fit < Fit::likely || !facts.classes) return fit;
  if (*facts.classes != classes) return fit == Fit::likely ? Fit::possible : Fit::likely;
  return fit == Fit::likely || facts.end_to_end == true ? Fit::exact : Fit::stated;
}

}  // namespace inferqueue::vision
