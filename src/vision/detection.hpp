// The value types of detection. Thread rules: plain values.
#pragma once

#include <algorithm>

namespace inferqueue::vision {

/// In pixels.
struct Size {
  int width = 0;
  int height = 0;

  bool operator==(const Size&) const = default;
};

/// Corners in pixels, x to the right and y down; (x1, y1) is the upper left one. A box covers x2 - x1 by y2 - y1.
struct Box {
  float x1 = 0;
  float y1 = 0;
  float x2 = 0;
  float y2 = 0;

  bool operator==(const Box&) const = default;
};

/// What a head reads from a network's output, in network pixels.
struct Candidate {
  Box box;
  float score = 0;   ///< 0..1
  int class_id = 0;  ///< 0 or more

  bool operator==(const Candidate&) const = default;
};

/// An object that was found, in pixels of the source picture.
struct Detection {
  Box box;
  float score = 0;   ///< 0..1
  int class_id = 0;  ///< 0 or more

  bool operator==(const Detection&) const = default;
};

/// In square pixels.
constexpr float area(const Box& box) {
  return (box.x2 - box.x1) * (box.y2 - box.y1);
}

/// The area that two boxes share, in square pixels; 0 if they only touch.
constexpr float intersection(const Box& a, const Box& b) {
  const float width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
  const float height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  return width > 0 && height > 0 ? width * height : 0.F;
}

/// Intersection over union, 0..1; 0 for two boxes without area.
constexpr float iou(const Box& a, const Box& b) {
  const float shared = intersection(a, b);
  return shared > 0 ? shared / (area(a) + area(b) - shared) : 0.F;
}

}  // namespace inferqueue::vision
