#include "measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace inferqueue::measure {
namespace {

/// How likely it is that of n values just `below` are less than the median: the binomial distribution with a half. By
/// logarithms, because 0.5^n is 0 to the machine from n = 1075 on.
double chance_of(std::size_t n, std::size_t below) {
  const auto all = static_cast<double>(n);
  const auto some = static_cast<double>(below);
  return std::exp(std::lgamma(all + 1) - std::lgamma(some + 1) - std::lgamma(all - some + 1) - all * std::numbers::ln2);
}

}  // namespace

Spread spread(std::span<const double> values) {
  if (values.empty()) throw std::invalid_argument("the spread of no values");
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const std::size_t n = sorted.size();
  const std::size_t half = n / 2;
  const double median = n % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  const auto coverage_of = [](double tail) { return std::max(0.0, 1 - 2 * tail); };
  std::size_t cut = 0;  // how many are left out at each end
  double tail = std::pow(0.5, static_cast<double>(n));
  for (double wider = tail; 2 * (cut + 2) <= n; ++cut) {
    wider += chance_of(n, cut + 1);
    if (coverage_of(wider) < 0.95) break;
    tail = wider;
  }
  return {.median = median, .low = sorted[cut], .high = sorted[n - 1 - cut], .coverage = coverage_of(tail)};
}

Spread ratio(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) throw std::invalid_argument("the ratio of series of different lengths");
  std::vector<double> ratios;
  ratios.reserve(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) ratios.push_back(b[i] == 0 ? 0 : a[i] / b[i]);
  return spread(ratios);
}

bool tells_noise(const Spread& ratio) {
  return ratio.coverage >= 0.9;
}

bool is_beyond_noise(const Spread& ratio) {
  return tells_noise(ratio) && (ratio.low > 1 || ratio.high < 1);
}

}  // namespace inferqueue::measure
