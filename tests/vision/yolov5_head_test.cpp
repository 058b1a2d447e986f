#include <cstddef>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "vision/decode.hpp"
#include "vision/heads/yolov5.hpp"

namespace inferqueue::vision {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<Candidate> reference(const std::vector<float>& output, std::size_t classes, float conf) {
  std::vector<Candidate> candidates;
  for (std::size_t row = 0; row < output.size(); row += 5 + classes) {
    const float* p = output.data() + row;
    std::size_t best = 0;
    for (std::size_t c = 1; c < classes; ++c) {
      if (p[5 + c] > p[5 + best]) best = c;
    }
    if (p[4] > conf && p[4] * p[5 + best] > conf) {
      const Box box{p[0] - p[2] / 2, p[1] - p[3] / 2, p[0] + p[2] / 2, p[1] + p[3] / 2};
      candidates.push_back({box, p[4] * p[5 + best], static_cast<int>(best)});
    }
  }
  return candidates;
}

TEST(Yolov5Head, EqualsANaiveReaderOnRandomOutputs) {
  std::mt19937 random(5);
  std::uniform_int_distribution<int> percent(0, 100);  // coarse, so that classes tie
  for (const std::size_t classes : {1U, 2U, 7U, 8U, 9U, 16U, 80U, 91U}) {
    std::vector<float> output(200 * (5 + classes));
    for (float& value : output) value = static_cast<float>(percent(random)) / 100.F;
    const Yolov5Head head(classes);
    EXPECT_EQ(head.classes(), classes);
    for (const float conf : {0.F, 0.001F, 0.25F, 0.5F, 0.99F}) {
      EXPECT_EQ(decode(head, output, conf), reference(output, classes, conf));
    }
  }
}

TEST(Yolov5Head, TurnsCentreAndSizeIntoCorners) {
  const auto found = decode(Yolov5Head(2), {100, 50, 20, 10, 0.5F, 0.25F, 0.75F}, 0.25F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], (Candidate{{90, 45, 110, 55}, 0.375F, 1}));
}

TEST(Yolov5Head, ThresholdsAreStrict) {
  const Yolov5Head head(1);
  EXPECT_TRUE(decode(head, {9, 9, 2, 2, 0.5F, 1.F}, 0.5F).empty());
  EXPECT_TRUE(decode(head, {9, 9, 2, 2, 1.F, 0.5F}, 0.5F).empty());
  EXPECT_TRUE(decode(head, {9, 9, 2, 2, 0.5F, 1.5F}, 0.5F).empty());  // the objectness on its own
  EXPECT_EQ(decode(head, {9, 9, 2, 2, 1.F, 0.5F}, 0.4999F).size(), 1U);
}

TEST(Yolov5Head, AppendsToWhatIsThere) {
  std::vector<Candidate> candidates(3);
  Yolov5Head(1).decode(std::vector<float>{9, 9, 2, 2, 1, 1}, {}, candidates);
  EXPECT_EQ(candidates.size(), 4U);
}

TEST(Yolov5Head, ValuesThatAreNotFiniteReachNoCandidate) {
  const std::vector<float> good{9, 9, 2, 2, 0.9F, 0.8F, 0.1F};
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const float bad : {kNan, kInfinity, -kInfinity}) {
      std::vector<float> row = good;
      row[i] = bad;
      for (const Candidate& candidate : decode(Yolov5Head(2), row, 0.25F)) {
        EXPECT_EQ(candidate.box, (Box{8, 8, 10, 10}));
        EXPECT_LE(candidate.score, 1.F);
      }
    }
  }
  EXPECT_TRUE(decode(Yolov5Head(2), {9, 9, 2, 2, 0.9F, kNan, kNan}, 0.25F).empty());
}

TEST(Yolov5Head, ANegativeSizeIsNoBox) {
  const Yolov5Head head(1);
  EXPECT_TRUE(decode(head, {9, 9, -2, 2, 1, 1}, 0.25F).empty());
  EXPECT_TRUE(decode(head, {9, 9, 2, -2, 1, 1}, 0.25F).empty());
  EXPECT_TRUE(decode(head, {9, 9, -2, -2, 1, 1}, 0.25F).empty());
  EXPECT_EQ(decode(head, {9, 9, 0, 0, 1, 1}, 0.25F).size(), 1U);
}

TEST(Yolov5Head, RefusesAnOutputOfAnotherLength) {
  std::vector<Candidate> candidates;
  EXPECT_THROW(Yolov5Head(80).decode(std::vector<float>(84), {}, candidates), std::invalid_argument);
  EXPECT_NO_THROW(Yolov5Head(80).decode({}, {}, candidates));
  EXPECT_THROW(Yolov5Head(0), std::invalid_argument);
}

}  // namespace
}  // namespace inferqueue::vision
