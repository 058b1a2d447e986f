#include "accuracy/matching.hpp"

#include "accuracy/best_first.hpp"

namespace inferqueue::accuracy {

std::vector<std::optional<std::size_t>> match(std::span<const vision::Detection> detections,
                                              std::span<const Truth> truth, float threshold, Classes classes) {
  std::vector<std::optional<std::size_t>> found(detections.size());
  std::vector<bool> taken(truth.size());
  for (const std::size_t i : best_first(detections, &vision::Detection::score)) {
    float most = 0;
    for (std::size_t t = 0; t < truth.size(); ++t) {
      if (taken[t] || (classes == Classes::same && truth[t].class_id != detections[i].class_id)) continue;
      const float overlap = vision::iou(detections[i].box, truth[t].box);
      if (overlap >= threshold && overlap > most) {
        most = overlap;
        found[i] = t;
      }
    }
    if (found[i]) taken[*found[i]] = true;
  }
  return found;
}

}  // namespace inferqueue::accuracy
