#include "accuracy/average_precision.hpp"

#include <algorithm>

namespace inferqueue::accuracy {

std::optional<double> average_precision(std::span<const Judged> best_first, std::size_t threshold,
                                        std::size_t objects) {
  if (objects == 0) return std::nullopt;
  std::size_t hits = 0;
  for (const Judged& judged : best_first) hits += judged.right[threshold] ? 1U : 0U;
  // From the worst to the best, so that the best precision at this recall or a higher one is known at each step.
  double envelope = 0;
  double sum = 0;
  for (std::size_t count = best_first.size(); hits > 0; --count) {
    if (!best_first[count - 1].right[threshold]) continue;
    envelope = std::max(envelope, static_cast<double>(hits) / static_cast<double>(count));
    sum += envelope;
    --hits;
  }
  return sum / static_cast<double>(objects);
}

}  // namespace inferqueue::accuracy
