// Medians, ratios and what they are of.
#include "measure/statistics.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::measure {
namespace {

using Values = std::vector<double>;

void expect_spread(const Spread& spread, double median, double low, double high) {
  EXPECT_DOUBLE_EQ(spread.median, median);
  EXPECT_DOUBLE_EQ(spread.low, low);
  EXPECT_DOUBLE_EQ(spread.high, high);
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

TEST(Spread, TheIntervalLeavesOutWhatItsCoverageAllows) {
  // From tables of the sign test: 1 - 2 P(X <= k) for X of Binomial(n, 1/2).
  EXPECT_DOUBLE_EQ(spread(Values{1}).coverage, 0);
  EXPECT_DOUBLE_EQ(spread(Values{1, 2, 3, 4, 5}).coverage, 0.9375);
  EXPECT_DOUBLE_EQ(spread(Values{1, 2, 3, 4, 5, 6}).coverage, 0.96875);
  const Spread nine = spread(Values{9, 1, 2, 8, 3, 7, 4, 6, 5});
  expect_spread(nine, 5, 2, 8);
  EXPECT_NEAR(nine.coverage, 0.9609, 1e-4);
  Values twenty;
  for (int i = 1; i <= 20; ++i) twenty.push_back(i);
  expect_spread(spread(twenty), 10.5, 6, 15);
  EXPECT_NEAR(spread(twenty).coverage, 0.9586, 1e-4);
}

TEST(Spread, OfThousandsOfValuesStillCoversTheMedian) {
  // The normal approximation: about 1.96 / 2 * sqrt(n) values on each side of the middle.
  for (const std::size_t n : {1074U, 1100U, 10000U, 1000000U}) {
    SCOPED_TRACE(n);
    Values values(n);
    std::iota(values.begin(), values.end(), 0.0);
    const Spread many = spread(values);
    const double half = 0.98 * std::sqrt(static_cast<double>(n));
    EXPECT_NEAR(many.high - many.low, 2 * half, 3);
    EXPECT_GE(many.coverage, 0.95);
    EXPECT_LE(many.coverage, 0.955);
  }
}

TEST(Spread, OfNothingIsRefused) {
  EXPECT_THROW(spread(Values{}), std::invalid_argument);
}

TEST(Ratio, IsTakenRoundByRound) {
  // Both slow down by half together: the ratio stays.
  expect_spread(ratio(Values{200, 100, 50}, Values{100, 50, 25}), 2, 2, 2);
  expect_spread(ratio(Values{1, 4, 9}, Values{1, 2, 3}), 2, 1, 3);
}

TEST(Ratio, ToNothingIsNothing) {
  expect_spread(ratio(Values{1}, Values{0}), 0, 0, 0);
}

TEST(Ratio, IsBeyondTheNoiseOnOneSideOfOneInFiveRounds) {
  EXPECT_TRUE(is_beyond_noise(spread(Values{1.1, 1.2, 1.1, 1.3, 1.01})));
  EXPECT_TRUE(is_beyond_noise(spread(Values{0.9, 0.8, 0.9, 0.7, 0.99})));
  EXPECT_FALSE(is_beyond_noise(spread(Values{1.1, 1.2, 1.1, 1.3, 0.99})));
  EXPECT_FALSE(is_beyond_noise(spread(Values{1, 1, 1, 1, 1})));
  EXPECT_FALSE(is_beyond_noise(spread(Values{2, 2, 2, 2}))) << "four rounds tell too little";
}

TEST(Ratio, OfSeriesThatDoNotBelongTogetherIsRefused) {
  EXPECT_THROW(ratio(Values{1, 2}, Values{1}), std::invalid_argument);
  EXPECT_THROW(ratio(Values{}, Values{}), std::invalid_argument);
}

}  // namespace
}  // namespace inferqueue::measure
