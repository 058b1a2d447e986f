// The cells that a detector of the YOLO family predicts for.
#pragma once

#include <cstddef>
#include <initializer_list>

#include "vision/detection.hpp"

namespace inferqueue::vision {

/// The number of cells of grids with the given strides over an input. Thread rules: a pure function.
constexpr std::size_t grid_cells(Size network, std::initializer_list<int> strides) {
  std::size_t cells = 0;
  for (const int stride : strides) {
    cells += static_cast<std::size_t>(network.width / stride) * static_cast<std::size_t>(network.height / stride);
  }
  return cells;
}

}  // namespace inferqueue::vision
