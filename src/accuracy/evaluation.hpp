// How well a detector finds what is there.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "accuracy/average_precision.hpp"
#include "accuracy/matching.hpp"
#include "accuracy/truth.hpp"
#include "vision/detection.hpp"

namespace inferqueue::accuracy {

/// What was measured of one class, or of all. A figure that nothing was measured for is left empty. Thread rules: a
/// plain value.
struct Figures {
  std::size_t pictures = 0;  ///< in which it is; of all: that were looked at
  std::size_t objects = 0;   ///< that were to be found
  std::size_t found = 0;     ///< detections above the confidence that precision and recall are taken at
  std::size_t right = 0;     ///< those of them that overlap an object of their class by half (IoU 0.5)
  /// Average precision at iou_threshold(i); of all: the mean over the classes that have objects.
  std::array<std::optional<double>, threshold_count> ap{};

  std::optional<double> precision() const;
  std::optional<double> recall() const;
  std::optional<double> ap50() const { return ap[0]; }
  /// The mean of `ap`.
  std::optional<double> ap50_95() const;
};

/// Collects what was found in pictures and what is there. Thread rules: one call at a time per object.
class Evaluation {
 public:
  /// For a detector of that many classes. Precision and recall are taken over the detections with a score above
  /// `confidence`; average precision over all that come.
  Evaluation(std::size_t classes, float confidence);

  /// Adds one picture. Throws std::invalid_argument, and adds nothing, for a class that there isn't and a score that is
  /// NaN.
  void add(std::span<const vision::Detection> detections, std::span<const Truth> truth);

  struct Result {
    std::vector<Figures> classes;
    Figures all;
  };
  /// The figures for what has come by now. Detections of equal score count in the order of their pictures.
  Result result() const;

 private:
  struct PerClass {
    std::size_t pictures = 0;
    std::size_t objects = 0;
    std::vector<Judged> judged;  // in the order in which they came
  };

  Figures figures_of(const PerClass& one) const;

  std::vector<PerClass> classes_;
  float confidence_;
  std::size_t pictures_ = 0;
};

}  // namespace inferqueue::accuracy
