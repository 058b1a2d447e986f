#include <cstddef>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "core/scarce_memory.hpp"
#include "vision/decode.hpp"
#include "vision/heads/end_to_end.hpp"
#include "vision/postprocess.hpp"

namespace inferqueue::vision {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Three objects, of which the first two overlap, and padding.
const std::vector<float> kRows{10, 20,   30, 40, 0.9F, 2, 10, 20, 30, 40, 0.8F, 2, 5, 5, 6,
                               7,  0.3F, 0,  0,  0,    0, 0,  0,  0,  0,  0,    0, 0, 0, 0};

TEST(EndToEndHead, ReadsCornersScoreAndClassAndPassesOverPadding) {
  const std::vector<Candidate> all{{{10, 20, 30, 40}, 0.9F, 2}, {{10, 20, 30, 40}, 0.8F, 2}, {{5, 5, 6, 7}, 0.3F, 0}};
  EXPECT_EQ(decode(EndToEndHead(3), kRows, 0.F), all);
  EXPECT_EQ(decode(EndToEndHead({}), kRows, 0.F), all);
  EXPECT_EQ(decode(EndToEndHead(3), kRows, 0.3F).size(), 2U) << "the threshold is strict";
  EXPECT_EQ(EndToEndHead(3).classes(), 3U);
  EXPECT_EQ(EndToEndHead({}).classes(), std::nullopt);
}

TEST(EndToEndHead, ClassesAreRoundedAndThoseThatThereAreNotReachNoCandidate) {
  const auto class_of = [](float value, std::optional<std::size_t> classes) {
    const auto found = decode(EndToEndHead(classes), {1, 1, 2, 2, 0.5F, value}, 0.25F);
    return found.empty() ? -1 : found.front().class_id;
  };
  EXPECT_EQ(class_of(1.996F, 3), 2);
  EXPECT_EQ(class_of(2.004F, 3), 2);
  EXPECT_EQ(class_of(-0.2F, 3), 0);
  EXPECT_EQ(class_of(99'999, {}), 99'999);
  for (const float none : {3.F, 2.6F, -1.F, -0.6F, 1e30F, kNan, kInfinity, -kInfinity})
    EXPECT_EQ(class_of(none, 3), -1) << none;
  for (const float none : {100'000.F, 1e30F, -1.F, kNan, kInfinity}) EXPECT_EQ(class_of(none, {}), -1) << none;
}

TEST(EndToEndHead, WhatIsNotFiniteOrNoBoxReachesNoCandidate) {
  const std::vector<float> good{1, 2, 3, 4, 0.5F, 0};
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const float bad : {kNan, kInfinity, -kInfinity}) {
      std::vector<float> row = good;
      row[i] = bad;
      EXPECT_TRUE(decode(EndToEndHead(1), row, 0.25F).empty()) << i;
    }
  EXPECT_TRUE(decode(EndToEndHead(1), {3, 2, 1, 4, 0.5F, 0}, 0.25F).empty());
  EXPECT_TRUE(decode(EndToEndHead(1), {1, 4, 3, 2, 0.5F, 0}, 0.25F).empty());
  EXPECT_EQ(decode(EndToEndHead(1), {1, 2, 1, 2, 0.5F, 0}, 0.25F).size(), 1U);
}

TEST(EndToEndHead, NothingIsSuppressedAfterItButTheFiltersHold) {
  const Geometry geometry{1, 0, 0, {64, 64}};
  Postprocess postprocess;
  const EndToEndHead head(3);
  EXPECT_TRUE(head.suppresses());
  const auto found = [&](const PostprocessOptions& options) {
    return postprocess.apply(head, kRows, geometry, options);
  };
  EXPECT_EQ(found({.iou = 0}), (std::vector<Detection>{
                                   {{10, 20, 30, 40}, 0.9F, 2}, {{10, 20, 30, 40}, 0.8F, 2}, {{5, 5, 6, 7}, 0.3F, 0}}));
  EXPECT_EQ(found({.iou = 0, .agnostic = true}).size(), 3U);
  EXPECT_EQ(found({.conf = 0.85F}).size(), 1U);
  EXPECT_EQ(found({.max_det = 2}).size(), 2U);
  EXPECT_EQ(found({.classes = {0}}), (std::vector<Detection>{{{5, 5, 6, 7}, 0.3F, 0}}));
}

TEST(EndToEndHead, TheBestComesFirstWhateverTheOrderOfTheRows) {
  Postprocess postprocess;
  const auto found = postprocess.apply(EndToEndHead(3), std::vector<float>{1, 1, 2, 2, 0.4F, 0, 3, 3, 4, 4, 0.6F, 1},
                                       {1, 0, 0, {64, 64}}, {});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].score, 0.6F);
}

TEST(EndToEndHead, AppendsToWhatIsThereAndNeedsNoMemoryOfItsOwn) {
  const EndToEndHead head(3);
  std::vector<Candidate> candidates(1);
  candidates.reserve(4);
  bool ran_out = false;
  {
    const testing::MemoryFor none(0);
    head.decode(kRows, {.conf = 0.F}, candidates);
    ran_out = testing::MemoryFor::has_run_out();
  }
  EXPECT_FALSE(ran_out);
  EXPECT_EQ(candidates.size(), 4U);
}

TEST(EndToEndHead, RefusesAnOutputOfAnotherLength) {
  std::vector<Candidate> candidates;
  EXPECT_THROW(EndToEndHead(1).decode(std::vector<float>(7), {}, candidates), std::invalid_argument);
  EXPECT_NO_THROW(EndToEndHead(1).decode({}, {}, candidates));
  EXPECT_THROW(EndToEndHead(0), std::invalid_argument);
}

}  // namespace
}  // namespace inferqueue::vision
