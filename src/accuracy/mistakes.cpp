#include "accuracy/mistakes.hpp"

#include "accuracy/best_first.hpp"
#include "accuracy/matching.hpp"

namespace inferqueue::accuracy {

Mistakes find_mistakes(std::span<const vision::Detection> detections, std::span<const Truth> truth, float confidence) {
  constexpr float half = iou_threshold(0);
  std::vector<vision::Detection> sure;
  for (const std::size_t i : best_first(detections, &vision::Detection::score))
    if (detections[i].score > confidence) sure.push_back(detections[i]);

  Mistakes mistakes;
  std::vector<bool> taken(truth.size());
  std::vector<vision::Detection> wrong;
  const auto by_class = match(sure, truth, half);
  for (std::size_t i = 0; i < sure.size(); ++i) {
    if (by_class[i])
      taken[*by_class[i]] = true;
    else
      wrong.push_back(sure[i]);
  }
  std::vector<Truth> left;
  for (std::size_t t = 0; t < truth.size(); ++t) (taken[t] ? mistakes.found : left).push_back(truth[t]);

  std::vector<bool> confused(left.size());
  const auto by_place = match(wrong, left, half, Classes::any);
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    if (by_place[i]) {
      mistakes.confused.push_back({wrong[i], left[*by_place[i]]});
      confused[*by_place[i]] = true;
    } else {
      mistakes.false_finds.push_back(wrong[i]);
    }
  }
  for (std::size_t t = 0; t < left.size(); ++t)
    if (!confused[t]) mistakes.missed.push_back(left[t]);
  return mistakes;
}

}  // namespace inferqueue::accuracy
