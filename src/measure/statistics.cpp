#include "measure/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace inferqueue::measure {
namespace {

/// That of n values at most `below` are less than the median: the binomial distribution with a half.
double share_of_few(std::size_t n, std::size_t below) {
  double term = std::pow(0.5, static_cast<double>(n));
  double sum = term;
  for (std::size_t i = 1; i <= below; ++i) sum += term *= static_cast<double>(n - i + 1) / static_cast<double>(i);
  return sum;
}

}  // namespace

Spread spread(std::span<const double> values) {
  if (values.empty()) throw std::invalid_argument("the spread of no values");
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const std::size_t n = sorted.size();
  const std::size_t half = n / 2;
  const double median = n % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  const auto coverage = [&](std::size_t cut) { return std::max(0.0, 1 - 2 * share_of_few(n, cut)); };
  std::size_t cut = 0;  // how many are left out at each end
  while (2 * (cut + 2) <= n && coverage(cut + 1) >= 0.95) ++cut;
  return {.median = median, .low = sorted[cut], .high = sorted[n - 1 - cut], .coverage = coverage(cut)};
}

Spread ratio(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) throw std::invalid_argument("the ratio of series of different lengths");
  std::vector<double> ratios;
  ratios.reserve(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) ratios.push_back(b[i] == 0 ? 0 : a[i] / b[i]);
  return spread(ratios);
}

bool is_beyond_noise(const Spread& ratio) {
  return ratio.coverage >= 0.9 && (ratio.low > 1 || ratio.high < 1);
}

}  // namespace inferqueue::measure
