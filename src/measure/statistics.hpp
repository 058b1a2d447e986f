// Summaries of a few repeated measurements.
#pragma once

#include <span>

namespace inferqueue::measure {

/// The middle value, and between which two of the values the true median lies.
struct Spread {
  double median = 0;
  double low = 0;
  double high = 0;
  /// How likely the interval holds the true median, 0..1; 0 for a single value.
  double coverage = 0;
};

/// Of at least one value; throws std::invalid_argument for none. The median of an even number is the mean of the two in
/// the middle. The interval is that of order statistics, which supposes nothing of the distribution: from the k-th
/// least to the k-th largest, for the largest k with which it covers the median with at least 95 % (H. A. David, Order
/// Statistics, 7.1). Fewer than six values don't reach that: then it is from the least to the largest, with the
/// coverage that it has. Thread rules: a pure function.
Spread spread(std::span<const double> values);

/// The spread of a[i] / b[i], round by round, so that a drift that slows both down cancels out. Both of the same
/// length; where a b[i] is 0 the ratio is 0. Thread rules: a pure function.
Spread ratio(std::span<const double> a, std::span<const double> b);

/// True if the interval of a ratio doesn't hold 1 and covers the median with 90 % at least, which takes five rounds.
/// Thread rules: a pure function.
bool is_beyond_noise(const Spread& ratio);
/// Whether its interval covers 90 % or more, as five rounds do: fewer can't tell a difference from noise.
bool tells_noise(const Spread& ratio);

}  // namespace inferqueue::measure
