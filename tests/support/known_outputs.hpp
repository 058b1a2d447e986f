// The boxes of the detector whose boxes are known, as each layout writes them.
#pragma once

#include <cstddef>
#include <vector>

namespace inferqueue::testing {

enum class KnownLayout { yolov5, yolov8, yolov8_transposed, end2end, nonsense };

/// An output for a picture of 64 by 64: `fixed`, and for the width of the first box `gain` times the picture's red.
struct KnownOutput {
  std::vector<std::size_t> shape;
  std::vector<float> fixed;
  std::vector<float> gain;
};

/// Throws std::invalid_argument for a layout that there isn't.
KnownOutput known_output(KnownLayout layout, std::size_t classes);

}  // namespace inferqueue::testing
