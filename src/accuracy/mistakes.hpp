// What a detector got wrong in a picture.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "accuracy/truth.hpp"
#include "vision/detection.hpp"

namespace inferqueue::accuracy {

/// Thread rules: a plain value.
struct Mistakes {
  /// An object that was found in its place, under another class.
  struct Confused {
    vision::Detection detection;
    Truth object;
  };

  std::vector<Truth> found;                    ///< objects that were found: no mistake
  std::vector<Truth> missed;                   ///< objects that nothing was found for
  std::vector<Confused> confused;              ///< best first
  std::vector<vision::Detection> false_finds;  ///< where there is nothing, or something found already; best first

  std::size_t count() const { return missed.size() + confused.size() + false_finds.size(); }
};

/// Judges the detections with a score above `confidence` by an overlap (IoU) of 0.5: first each by its class (see
/// match()), then what is left of them by what is left of the objects, whatever the class. Scores must not be NaN.
/// Thread rules: a pure function.
Mistakes find_mistakes(std::span<const vision::Detection> detections, std::span<const Truth> truth, float confidence);

}  // namespace inferqueue::accuracy
