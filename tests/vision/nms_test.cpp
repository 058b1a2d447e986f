#include "vision/nms.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::vision {
namespace {

std::vector<Candidate> run(const std::vector<Candidate>& candidates, const NmsOptions& options = {}) {
  Nms nms;
  const auto kept = nms.apply(candidates, options);
  return {kept.begin(), kept.end()};
}

// The definition, without any shortcut: of all that is left the best is kept, and all that it overlaps is removed.
std::vector<Candidate> reference(std::vector<Candidate> left, const NmsOptions& options) {
  if (!options.classes.empty()) {
    std::erase_if(left, [&](const Candidate& c) { return std::ranges::count(options.classes, c.class_id) == 0; });
  }
  std::vector<Candidate> kept;
  while (!left.empty() && kept.size() < options.max_det) {
    const auto first_best = std::ranges::max_element(left, {}, &Candidate::score);
    const Candidate best = *first_best;
    kept.push_back(best);
    left.erase(first_best);
    std::erase_if(left, [&](const Candidate& other) {
      return (options.agnostic || other.class_id == best.class_id) && iou(best.box, other.box) > options.iou;
    });
  }
  return kept;
}

// Scores are rounded to hundredths, so that there are many ties.
std::vector<Candidate> random_candidates(std::size_t count, unsigned seed, int classes) {
  std::mt19937 random(seed);
  const auto within = [&](float low, float high) { return std::uniform_real_distribution<float>(low, high)(random); };
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < count; ++i) {
    const float x = within(0, 300);
    const float y = within(0, 300);
    const float score = static_cast<float>(std::uniform_int_distribution<int>(1, 100)(random)) / 100.F;
    const int class_id = std::uniform_int_distribution<int>(0, classes - 1)(random);
    candidates.push_back({{x, y, x + within(0, 150), y + within(0, 150)}, score, class_id});
  }
  return candidates;
}

TEST(Nms, EqualsTheDefinitionOnRandomBoxes) {
  const std::vector<int> some{0, 3, 4};
  for (unsigned seed = 0; seed < 25; ++seed) {
    const auto candidates = random_candidates(20 * seed, seed, seed % 2 == 0 ? 1 : 6);
    for (const float threshold : {0.F, 0.3F, 0.45F, 0.9F, 1.F}) {
      for (const bool agnostic : {false, true}) {
        const NmsOptions options{.iou = threshold, .max_det = seed % 5 == 0 ? 7U : 1000U, .agnostic = agnostic};
        EXPECT_EQ(run(candidates, options), reference(candidates, options));
        NmsOptions filtered = options;
        filtered.classes = some;
        EXPECT_EQ(run(candidates, filtered), reference(candidates, filtered));
      }
    }
  }
}

TEST(Nms, OverlapEqualToTheThresholdDoesNotSuppress) {
  const std::vector<Candidate> halves{{{0, 0, 2, 1}, 0.9F, 0}, {{0, 0, 1, 1}, 0.8F, 0}};  // IoU is exactly 1/2
  EXPECT_EQ(run(halves, {.iou = 0.5F}).size(), 2U);
  EXPECT_EQ(run(halves, {.iou = 0.4999F}).size(), 1U);
}

TEST(Nms, EqualScoresKeepTheirOrder) {
  std::vector<Candidate> candidates;
  for (int i = 0; i < 100; ++i) {
    const auto x = static_cast<float>(10 * i);
    candidates.push_back({{x, 0, x + 5, 5}, 0.5F, i % 3});
  }
  EXPECT_EQ(run(candidates), candidates);
  const std::vector<Candidate> twins{{{0, 0, 10, 10}, 0.5F, 0}, {{0, 0, 10, 9}, 0.5F, 0}};
  ASSERT_EQ(run(twins).size(), 1U);
  EXPECT_EQ(run(twins)[0], twins[0]);
}

TEST(Nms, ASuppressedBoxSuppressesNothing) {
  const std::vector<Candidate> chain{{{0, 0, 10, 10}, 0.9F, 0}, {{4, 0, 14, 10}, 0.8F, 0}, {{8, 0, 18, 10}, 0.7F, 0}};
  const auto kept = run(chain, {.iou = 0.3F});
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[1], chain[2]);
}

TEST(Nms, ClassesSuppressEachOtherOnlyWhenAgnostic) {
  const std::vector<Candidate> candidates{{{0, 0, 10, 10}, 0.8F, 5}, {{0, 0, 10, 10}, 0.9F, 2}};
  EXPECT_EQ(run(candidates).size(), 2U);
  const auto kept = run(candidates, {.agnostic = true});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].class_id, 2);
}

TEST(Nms, BoxesOfAnUnwantedClassSuppressNothing) {
  const std::vector<Candidate> candidates{{{0, 0, 10, 10}, 0.9F, 5}, {{0, 0, 10, 10}, 0.8F, 2}};
  const std::vector<int> wanted{2};
  const auto kept = run(candidates, {.classes = wanted, .agnostic = true});
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].class_id, 2);
}

TEST(Nms, KeepsTheBestMaxDet) {
  auto candidates = random_candidates(500, 1, 10);
  EXPECT_TRUE(run(candidates, {.max_det = 0}).empty());
  const auto all = run(candidates, {.max_det = 1000});
  const auto few = run(candidates, {.max_det = 5});
  ASSERT_EQ(few.size(), 5U);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), all.begin()));
}

TEST(Nms, LooksAtTheBest30000) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < Nms::kMaxCandidates + 5; ++i) {
    const auto x = static_cast<float>(2 * i);
    candidates.push_back({{x, 0, x + 1, 1}, i < 5 ? 0.1F : 0.5F, static_cast<int>(i % 1000)});
  }
  const auto kept = run(candidates, {.max_det = 100'000});
  ASSERT_EQ(kept.size(), Nms::kMaxCandidates);
  EXPECT_EQ(kept.front(), candidates[5]);
  EXPECT_EQ(kept.back(), candidates.back());
}

TEST(Nms, TakesBoxesWithoutAreaNegativeScoresAndNothing) {
  EXPECT_TRUE(run({}).empty());
  const std::vector<Candidate> points{{{3, 3, 3, 3}, 0.5F, 0}, {{3, 3, 3, 3}, 0.4F, 0}};
  EXPECT_EQ(run(points).size(), 2U);
  const std::vector<Candidate> negative{{{0, 0, 1, 1}, -0.5F, 0}, {{5, 0, 6, 1}, 0.F, 0}, {{9, 0, 10, 1}, -0.1F, 0}};
  const auto kept = run(negative);
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0], negative[1]);
  EXPECT_EQ(kept[1], negative[2]);
  EXPECT_EQ(kept[2], negative[0]);
}

TEST(Nms, AnObjectUsedAgainRemembersNothing) {
  Nms nms;
  const auto first = random_candidates(300, 1, 80);
  const auto second = random_candidates(100, 2, 3);
  nms.apply(first, {});
  const auto kept = nms.apply(second, {});
  EXPECT_EQ(std::vector<Candidate>(kept.begin(), kept.end()), run(second));
}

TEST(Iou, OfBoxesWorkedOutByHand) {
  EXPECT_FLOAT_EQ(iou({0, 0, 2, 2}, {1, 1, 3, 3}), 1.F / 7.F);
  EXPECT_FLOAT_EQ(iou({0, 0, 2, 2}, {0, 0, 2, 2}), 1.F);
  EXPECT_FLOAT_EQ(iou({0, 0, 2, 2}, {2, 0, 4, 2}), 0.F);
  EXPECT_FLOAT_EQ(iou({1, 1, 1, 1}, {1, 1, 1, 1}), 0.F);
}

}  // namespace
}  // namespace inferqueue::vision
