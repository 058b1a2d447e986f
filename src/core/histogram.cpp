#include <algorithm>
#include <cmath>

#include <inferqueue/statistics.hpp>

namespace inferqueue {

std::chrono::nanoseconds Histogram::percentile(double percent) const noexcept {
  if (count_ == 0) return {};
  const double wanted = std::ceil(static_cast<double>(count_) * std::clamp(percent, 0.0, 100.0) / 100.0);
  const auto rank = static_cast<std::uint64_t>(wanted);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    // The last bucket has no upper bound of its own, and the fullest knowledge of the largest value is max_.
    if (seen >= rank && i + 1 < buckets_.size()) return as_duration(std::clamp(lower_bound(i + 1) - 1, min_, max_));
  }
  return as_duration(max_);
}

}  // namespace inferqueue
