// Medians, ratios and what they are of.
#include "measure/statistics.hpp"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::measure {
namespace {

using Values = std::vector<double>;

void expect_spread(const Spread& spread, double median, double min, double max) {
  EXPECT_DOUBLE_EQ(spread.median, median);
  EXPECT_DOUBLE_EQ(spread.min, min);
  EXPECT_DOUBLE_EQ(spread.max, max);
}

TEST(Spread, IsTheMiddleAndTheExtremes) {
  expect_spread(spread(Values{5}), 5, 5, 5);
  expect_spread(spread(Values{3, 1}), 2, 1, 3);
  expect_spread(spread(Values{9, 1, 5}), 5, 1, 9);
  expect_spread(spread(Values{4, 1, 3, 100}), 3.5, 1, 100);
  expect_spread(spread(Values{-2, -2, -2}), -2, -2, -2);
}

TEST(Spread, OfOneOutlierKeepsTheMedian) {
  EXPECT_DOUBLE_EQ(spread(Values{10, 10, 10, 10, 1e9}).median, 10);
}

TEST(Spread, OfNothingIsRefused) {
  EXPECT_THROW(spread(Values{}), std::invalid_argument);
}

TEST(Ratio, IsTakenRoundByRound) {
  // Both slow down by half together: the ratio stays.
  expect_spread(ratio(Values{200, 100, 50}, Values{100, 50, 25}), 2, 2, 2);
  expect_spread(ratio(Values{1, 4, 9}, Values{1, 2, 3}), 2, 1, 3);
}

TEST(Ratio, OfSeriesThatDoNotBelongTogetherIsRefused) {
  EXPECT_THROW(ratio(Values{1, 2}, Values{1}), std::invalid_argument);
  EXPECT_THROW(ratio(Values{}, Values{}), std::invalid_argument);
}

}  // namespace
}  // namespace inferqueue::measure
