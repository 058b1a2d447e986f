// Summaries of a few repeated measurements.
#pragma once

#include <span>

namespace inferqueue::measure {

/// The middle value and the extremes: with the few rounds that people wait for, these say more than a deviation.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

/// Of at least one value; throws std::invalid_argument for none. The median of an even number is the mean of the two in
/// the middle. Thread rules: a pure function.
Spread spread(std::span<const double> values);

/// The spread of a[i] / b[i], round by round, so that a drift that slows both down cancels out. Both of the same
/// length. Thread rules: a pure function.
Spread ratio(std::span<const double> a, std::span<const double> b);

}  // namespace inferqueue::measure
