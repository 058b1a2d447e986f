#include "accuracy/average_precision.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::accuracy {
namespace {

/// "+-+": right, wrong, right, best first; the same at every overlap.
std::vector<Judged> judged(std::string_view signs) {
  std::vector<Judged> list;
  for (std::size_t i = 0; i < signs.size(); ++i) {
    list.push_back({.score = 1.F - static_cast<float>(i) / 1000.F, .right = {}});
    if (signs[i] == '+') list.back().right.set();
  }
  return list;
}

std::optional<double> ap(std::string_view signs, std::size_t objects) {
  return average_precision(judged(signs), 0, objects);
}

/// The definition: for each recall that is reached, the best precision at that recall or a higher one.
double by_definition(const std::vector<Judged>& list, std::size_t objects) {
  double sum = 0;
  std::size_t most = 0;
  for (const Judged& one : list) most += one.right[0] ? 1U : 0U;
  for (std::size_t wanted = 1; wanted <= most; ++wanted) {
    double best = 0;
    std::size_t hits = 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
      hits += list[i].right[0] ? 1U : 0U;
      if (hits >= wanted) best = std::max(best, static_cast<double>(hits) / static_cast<double>(i + 1));
    }
    sum += best;
  }
  return sum / static_cast<double>(objects);
}

TEST(AveragePrecision, WorkedOutByHand) {
  EXPECT_DOUBLE_EQ(*ap("++", 2), 1);
  EXPECT_DOUBLE_EQ(*ap("+", 2), 0.5) << "half is never found";
  EXPECT_DOUBLE_EQ(*ap("+-", 1), 1) << "what is wrong after the last object costs nothing";
  EXPECT_DOUBLE_EQ(*ap("-+", 1), 0.5);
  EXPECT_DOUBLE_EQ(*ap("+-+", 2), (1 + 2. / 3) / 2);
  EXPECT_DOUBLE_EQ(*ap("--++", 2), 0.5) << "the envelope lifts the first object's 1/3 to the second's 2/4";
  EXPECT_DOUBLE_EQ(*ap("+--+-+", 4), (1 + 2 * 3. / 6) / 4) << "2/4 at the second is no less than 3/6 at the third";
}

TEST(AveragePrecision, ZeroWhereNothingIsRightAndNoneWhereNothingIsThere) {
  EXPECT_EQ(ap("", 3), 0.0);
  EXPECT_EQ(ap("---", 3), 0.0);
  EXPECT_EQ(ap("", 0), std::nullopt);
  EXPECT_EQ(ap("--", 0), std::nullopt);
}

TEST(AveragePrecision, EachOverlapHasItsOwn) {
  std::vector<Judged> list = judged("++");
  list[0].right.reset(threshold_count - 1);
  EXPECT_DOUBLE_EQ(*average_precision(list, 0, 2), 1);
  EXPECT_DOUBLE_EQ(*average_precision(list, threshold_count - 1, 2), 0.25);
}

TEST(AveragePrecision, EqualsTheDefinitionOnRandomLists) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string signs(static_cast<std::size_t>(round), '-');
    for (char& sign : signs)
      if (random() % 3 != 0) sign = '+';
    const auto objects = static_cast<std::size_t>(std::ranges::count(signs, '+')) + random() % 5 + 1;
    EXPECT_NEAR(*ap(signs, objects), by_definition(judged(signs), objects), 1e-12) << signs;
  }
}

}  // namespace
}  // namespace inferqueue::accuracy
