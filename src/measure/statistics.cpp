#include "measure/statistics.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace inferqueue::measure {

Spread spread(std::span<const double> values) {
  if (values.empty()) throw std::invalid_argument("the spread of no values");
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const std::size_t half = sorted.size() / 2;
  const double median = sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return {median, sorted.front(), sorted.back()};
}

Spread ratio(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) throw std::invalid_argument("the ratio of series of different lengths");
  std::vector<double> ratios;
  ratios.reserve(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) ratios.push_back(a[i] / b[i]);
  return spread(ratios);
}

}  // namespace inferqueue::measure
