// The area under a precision-recall curve.
#pragma once

#include <bitset>
#include <cstddef>
#include <optional>
#include <span>

#include "accuracy/matching.hpp"

namespace inferqueue::accuracy {

/// A detection of one class, and at which overlaps it is right. Thread rules: a plain value.
struct Judged {
  float score = 0;
  std::bitset<threshold_count> right;
};

/// The average precision of one class at iou_threshold(threshold): the area under the curve of precision over recall,
/// with precision made non-increasing, taken at every recall that is reached ("all-point interpolation": Everingham et
/// al., The PASCAL Visual Object Classes Challenge: A Retrospective, 2015). COCO's tools and YOLOv5 sample the same
/// curve at 101 recalls instead, which gives close, not equal, figures.
///
/// `best_first` holds the detections of all pictures, in descending order of their scores; `objects` is how many there
/// are to be found. 0 if nothing is found; nothing if there is nothing to be found. Thread rules: a pure function.
std::optional<double> average_precision(std::span<const Judged> best_first, std::size_t threshold, std::size_t objects);

}  // namespace inferqueue::accuracy
