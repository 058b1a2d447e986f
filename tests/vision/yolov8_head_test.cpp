#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "core/scarce_memory.hpp"
#include "vision/decode.hpp"
#include "vision/heads/yolov8.hpp"

namespace inferqueue::vision {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Rows of 4 + classes numbers, a row for each cell, as columns.
std::vector<float> turned_around(const std::vector<float>& rows, std::size_t classes) {
  const std::size_t values = 4 + classes;
  const std::size_t cells = rows.size() / values;
  std::vector<float> turned(rows.size());
  for (std::size_t cell = 0; cell < cells; ++cell)
    for (std::size_t value = 0; value < values; ++value) turned[value * cells + cell] = rows[cell * values + value];
  return turned;
}

std::vector<Candidate> reference(const std::vector<float>& rows, std::size_t classes, float conf) {
  std::vector<Candidate> candidates;
  for (std::size_t row = 0; row < rows.size(); row += 4 + classes) {
    const float* p = rows.data() + row;
    std::size_t best = 0;
    for (std::size_t c = 1; c < classes; ++c) {
      if (p[4 + c] > p[4 + best]) best = c;
    }
    if (p[4 + best] > conf) {
      const Box box{p[0] - p[2] / 2, p[1] - p[3] / 2, p[0] + p[2] / 2, p[1] + p[3] / 2};
      candidates.push_back({box, p[4 + best], static_cast<int>(best)});
    }
  }
  return candidates;
}

/// What both heads find, the same. Rows as for the transposed one.
std::vector<Candidate> decoded(const std::vector<float>& rows, std::size_t classes, float conf) {
  const auto found = decode(Yolov8Head(classes), turned_around(rows, classes), conf);
  EXPECT_EQ(decode(Yolov8TransposedHead(classes), rows, conf), found);
  return found;
}

std::vector<float> random_rows(std::size_t cells, std::size_t classes) {
  std::mt19937 random(8);
  std::uniform_int_distribution<int> percent(0, 100);  // coarse, so that classes tie
  std::vector<float> rows(cells * (4 + classes));
  for (float& value : rows) value = static_cast<float>(percent(random)) / 100.F;
  return rows;
}

TEST(Yolov8Head, EqualsANaiveReaderOnRandomOutputs) {
  // Numbers of cells below, at and beyond those that are decoded at a time.
  for (const std::size_t cells : {0U, 1U, 7U, 511U, 512U, 513U, 1024U, 1291U})
    for (const std::size_t classes : {1U, 2U, 9U, 80U}) {
      const std::vector<float> rows = random_rows(cells, classes);
      EXPECT_EQ(Yolov8Head(classes).classes(), classes);
      EXPECT_EQ(Yolov8TransposedHead(classes).classes(), classes);
      for (const float conf : {0.F, 0.25F, 0.5F, 0.98F})
        EXPECT_EQ(decoded(rows, classes, conf), reference(rows, classes, conf)) << cells << " cells, " << classes;
    }
}

TEST(Yolov8Head, FindsTheOnlyCellWhereverItIs) {
  constexpr std::size_t cells = 1300;
  for (const std::size_t cell : {0U, 511U, 512U, 1023U, 1024U, 1299U}) {
    std::vector<float> rows(cells * 7);
    const std::vector<float> object{100, 50, 20, 10, 0.25F, 0.125F, 0.75F};
    std::copy(object.begin(), object.end(), rows.begin() + static_cast<std::ptrdiff_t>(cell * 7));
    EXPECT_EQ(decoded(rows, 3, 0.25F), (std::vector<Candidate>{{{90, 45, 110, 55}, 0.75F, 2}})) << cell;
  }
}

TEST(Yolov8Head, TheThresholdIsStrictAndOfEqualClassesTheFirstCounts) {
  EXPECT_TRUE(decoded({9, 9, 2, 2, 0.5F}, 1, 0.5F).empty());
  EXPECT_EQ(decoded({9, 9, 2, 2, 0.5F}, 1, 0.4999F).size(), 1U);
  EXPECT_EQ(decoded({9, 9, 2, 2, 0.1F, 0.5F, 0.5F}, 3, 0.25F).at(0).class_id, 1);
}

TEST(Yolov8Head, ValuesThatAreNotFiniteReachNoCandidate) {
  const std::vector<float> good{9, 9, 2, 2, 0.8F, 0.1F};
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const float bad : {kNan, kInfinity, -kInfinity}) {
      std::vector<float> row = good;
      row[i] = bad;
      for (const Candidate& candidate : decoded(row, 2, 0.05F)) {
        EXPECT_GE(i, 4U) << "a box that is none";
        EXPECT_EQ(candidate.box, (Box{8, 8, 10, 10}));
        EXPECT_EQ(candidate.score, i == 4 ? 0.1F : 0.8F);
      }
    }
  }
  EXPECT_TRUE(decoded({9, 9, 2, 2, kNan, kNan}, 2, 0.F).empty());
  EXPECT_EQ(decoded({9, 9, 2, 2, kNan, 0.5F}, 2, 0.25F).size(), 1U);
  constexpr float huge = std::numeric_limits<float>::max();
  EXPECT_TRUE(decoded({huge, 9, huge, 2, 0.5F}, 1, 0.25F).empty()) << "a corner overflows";
}

TEST(Yolov8Head, ANegativeSizeIsNoBox) {
  EXPECT_TRUE(decoded({9, 9, -2, 2, 1}, 1, 0.25F).empty());
  EXPECT_TRUE(decoded({9, 9, 2, -2, 1}, 1, 0.25F).empty());
  EXPECT_EQ(decoded({9, 9, 0, 0, 1}, 1, 0.25F).size(), 1U);
}

TEST(Yolov8Head, AppendsToWhatIsThereAndNeedsNoMemoryOfItsOwn) {
  const std::vector<float> rows = random_rows(1300, 3);
  const std::vector<float> columns = turned_around(rows, 3);
  const Yolov8Head head(3);
  const Yolov8TransposedHead transposed(3);
  std::vector<Candidate> candidates;
  candidates.reserve(2600);
  bool ran_out = false;
  {
    const testing::MemoryFor none(0);
    head.decode(columns, {.conf = 0.F}, candidates);
    transposed.decode(rows, {.conf = 0.F}, candidates);
    ran_out = testing::MemoryFor::has_run_out();
  }
  EXPECT_FALSE(ran_out);
  EXPECT_EQ(candidates.size(), 2 * reference(rows, 3, 0.F).size());
}

TEST(Yolov8Head, RefusesAnOutputOfAnotherLength) {
  std::vector<Candidate> candidates;
  EXPECT_THROW(Yolov8Head(80).decode(std::vector<float>(85), {}, candidates), std::invalid_argument);
  EXPECT_THROW(Yolov8TransposedHead(80).decode(std::vector<float>(85), {}, candidates), std::invalid_argument);
  EXPECT_NO_THROW(Yolov8Head(80).decode({}, {}, candidates));
  EXPECT_THROW(Yolov8Head(0), std::invalid_argument);
  EXPECT_THROW(Yolov8TransposedHead(0), std::invalid_argument);
}

}  // namespace
}  // namespace inferqueue::vision
