// What heads read from rows of numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "vision/detection.hpp"

namespace inferqueue::vision {

/// Whether the corners are finite and in their order: else it is no box. Thread rules: a pure function.
inline bool is_box(const Box& box) {
  return std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) && std::isfinite(box.y2) &&
         box.x1 <= box.x2 && box.y1 <= box.y2;
}

/// The box around a centre, in pixels. False if it isn't finite, or its size is negative: its corners would change
/// places. Thread rules: a pure function.
inline bool centred_box(float x, float y, float width, float height, Box& box) {
  if (!(width >= 0 && height >= 0)) return false;
  const float half_width = width / 2;
  const float half_height = height / 2;
  box = {x - half_width, y - half_height, x + half_width, y + half_height};
  return is_box(box);
}

/// The largest of the values, -infinity if there is none. Eight maxima side by side, which the compiler keeps in vector
/// registers; a single one would have to wait for its predecessor. NaN is never larger. Thread rules: a pure function.
inline float largest(std::span<const float> values) {
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

}  // namespace inferqueue::vision
