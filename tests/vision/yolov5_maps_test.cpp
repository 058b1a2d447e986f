#include "vision/heads/yolov5_maps.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/base.h>

#include "core/scarce_memory.hpp"
#include "vision/decode.hpp"
#include "vision/heads/yolov5.hpp"

namespace inferqueue::vision {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
using Numbers = std::vector<float>;

/// Two scales of unlike sizes, three anchors and one.
std::vector<Yolov5Map> two_scales() {
  return {{.cells = {7, 5}, .stride = 8, .anchors = {{10, 13}, {16, 30}, {33, 23}}},
          {.cells = {3, 2}, .stride = 16, .anchors = {{30, 61}}}};
}

std::size_t length(const Yolov5Map& map, std::size_t classes) {
  return map.anchors.size() * (5 + classes) * static_cast<std::size_t>(map.cells.width * map.cells.height);
}

std::vector<Numbers> random_maps(std::size_t classes, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> number(-1, 3);
  std::vector<Numbers> maps;
  for (const Yolov5Map& map : two_scales()) {
    maps.emplace_back(length(map, classes));
    for (float& value : maps.back()) value = number(random);
  }
  return maps;
}

/// What the network makes of its maps: rows as Yolov5Head reads them, scale by scale, anchor by anchor, cell by cell.
Numbers as_the_network_decodes(const std::vector<Numbers>& maps, std::size_t classes) {
  const std::vector<Yolov5Map> scales = two_scales();
  Numbers rows;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const auto width = static_cast<std::size_t>(scales[i].cells.width);
    const auto height = static_cast<std::size_t>(scales[i].cells.height);
    const std::size_t anchors = scales[i].anchors.size();
    for (std::size_t a = 0; a < anchors; ++a)
      for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
          const auto s = [&](std::size_t value) {
            return 1 / (1 + std::exp(-maps[i][((y * width + x) * anchors + a) * (5 + classes) + value]));
          };
          const auto [anchor_width, anchor_height] = scales[i].anchors[a];
          rows.insert(rows.end(), {(s(0) * 2 - 0.5F + static_cast<float>(x)) * scales[i].stride,
                                   (s(1) * 2 - 0.5F + static_cast<float>(y)) * scales[i].stride,
                                   std::pow(s(2) * 2, 2.F) * anchor_width, std::pow(s(3) * 2, 2.F) * anchor_height});
          for (std::size_t value = 4; value < 5 + classes; ++value) rows.push_back(s(value));
        }
  }
  return rows;
}

template <class T>
std::vector<Output> views_of(const std::vector<std::vector<T>>& maps) {
  std::vector<Output> views;
  for (const std::vector<T>& map : maps) views.emplace_back(std::span<const T>(map));
  return views;
}

std::vector<Candidate> decode_maps(const Head& head, const std::vector<Numbers>& maps, float conf) {
  std::vector<Candidate> candidates;
  head.decode_all(views_of(maps), {.conf = conf}, candidates);
  return candidates;
}

TEST(Yolov5MapsHead, FindsWhatTheOtherHeadFindsInTheNetworksOwnDecoding) {
  for (const std::size_t classes : {1U, 3U, 80U}) {
    const std::vector<Numbers> maps = random_maps(classes, static_cast<std::uint32_t>(classes));
    const Numbers rows = as_the_network_decodes(maps, classes);
    for (const float conf : {0.F, 0.001F, 0.25F, 0.9F}) {
      const auto found = decode_maps(Yolov5MapsHead(classes, two_scales()), maps, conf);
      const auto wanted = decode(Yolov5Head(classes), rows, conf);
      ASSERT_EQ(found.size(), wanted.size()) << classes << " classes above " << conf;
      for (std::size_t i = 0; i < found.size(); ++i) {
        EXPECT_EQ(found[i].class_id, wanted[i].class_id);
        EXPECT_NEAR(found[i].score, wanted[i].score, 1e-6);
        EXPECT_NEAR(found[i].box.x1, wanted[i].box.x1, 1e-3);
        EXPECT_NEAR(found[i].box.y1, wanted[i].box.y1, 1e-3);
        EXPECT_NEAR(found[i].box.x2, wanted[i].box.x2, 1e-3);
        EXPECT_NEAR(found[i].box.y2, wanted[i].box.y2, 1e-3);
      }
    }
  }
}

/// One cell of one anchor and one class.
const std::vector<Yolov5Map> kOneCell{{.cells = {1, 1}, .stride = 8, .anchors = {{4, 6}}}};

TEST(Yolov5MapsHead, TurnsZerosIntoTheAnchorInTheMiddleOfItsCell) {
  const auto found = decode(Yolov5MapsHead(1, kOneCell), {0, 0, 0, 0, 0, 0}, 0.2F);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], (Candidate{{2, 1, 6, 7}, 0.25F, 0}));
}

TEST(Yolov5MapsHead, ThresholdsAreStrict) {
  const Yolov5MapsHead head(1, kOneCell);
  EXPECT_TRUE(decode(head, {0, 0, 0, 0, 0, 99}, 0.5F).empty());  // the objectness is a half
  EXPECT_TRUE(decode(head, {0, 0, 0, 0, 99, 0}, 0.5F).empty());  // and the score
  EXPECT_EQ(decode(head, {0, 0, 0, 0, 99, 0}, 0.4999F).size(), 1U);
  EXPECT_TRUE(decode(head, {0, 0, 0, 0, 99, 99}, 1.F).empty());
  EXPECT_EQ(decode(head, {0, 0, 0, 0, -20, 0}, 0.F).size(), 1U);
}

TEST(Yolov5MapsHead, NoNumberMakesABoxOfNoNumbers) {
  const Yolov5MapsHead head(2, kOneCell);
  for (const float odd : {kNan, kInfinity, -kInfinity}) {
    for (std::size_t at = 0; at < 7; ++at) {
      Numbers map{0, 0, 0, 0, 2, 2, 1};
      map[at] = odd;
      for (const Candidate& candidate : decode(head, map, 0.25F)) {
        EXPECT_TRUE(std::isfinite(candidate.score));
        for (const float side : {candidate.box.x1, candidate.box.y1, candidate.box.x2, candidate.box.y2})
          EXPECT_TRUE(std::isfinite(side));
      }
    }
  }
  EXPECT_TRUE(decode(head, {kNan, 0, 0, 0, 2, 2, 1}, 0.25F).empty());
  EXPECT_TRUE(decode(head, {0, 0, 0, 0, kNan, 2, 1}, 0.25F).empty());
  EXPECT_EQ(decode(head, {0, 0, 0, 0, 2, kNan, 1}, 0.25F).at(0).class_id, 1);
}

TEST(Yolov5MapsHead, RefusesOutputsThatDoNotFit) {
  const Yolov5MapsHead head(3, two_scales());
  EXPECT_EQ(head.outputs(), 2U);
  std::vector<Numbers> maps = random_maps(3, 1);
  EXPECT_THROW(decode(head, maps[0], 0.25F), std::invalid_argument) << "one of two";
  maps[1].pop_back();
  EXPECT_THROW(decode_maps(head, maps, 0.25F), std::invalid_argument);
  maps[1].resize(length(two_scales()[1], 3) + 1);
  EXPECT_THROW(decode_maps(head, maps, 0.25F), std::invalid_argument);
  EXPECT_THROW(decode_maps(Yolov5Head(3), maps, 0.25F), std::invalid_argument) << "two for a head that reads one";
}

TEST(Yolov5MapsHead, FindsInBf16WhatItFindsInTheSameNumbersInF32) {
  std::vector<Numbers> maps = random_maps(3, 5);
  std::vector<std::vector<hwy::bfloat16_t>> short_maps;
  for (Numbers& map : maps) {
    std::vector<hwy::bfloat16_t>& its = short_maps.emplace_back();
    for (float& value : map) value = hwy::F32FromBF16(its.emplace_back(hwy::BF16FromF32(value)));
  }
  const Yolov5MapsHead head(3, two_scales());
  EXPECT_TRUE(head.reads_bf16());
  const std::vector<Candidate> wanted = decode_maps(head, maps, 0.25F);
  EXPECT_FALSE(wanted.empty());
  std::vector<Candidate> found;
  head.decode_all(views_of(short_maps), {.conf = 0.25F}, found);
  EXPECT_EQ(found, wanted);
  short_maps[1].pop_back();
  EXPECT_THROW(head.decode_all(views_of(short_maps), {.conf = 0.25F}, found), std::invalid_argument);
}

TEST(Head, RefusesBf16IfItDoesNotReadIt) {
  const std::vector<hwy::bfloat16_t> row(8);
  const Output output = std::span(row);
  std::vector<Candidate> found;
  const Yolov5Head head(3);
  EXPECT_FALSE(head.reads_bf16());
  EXPECT_THROW(head.decode_all({&output, 1}, {}, found), std::invalid_argument);
}

TEST(Yolov5MapsHead, RefusesToReadNothing) {
  EXPECT_THROW(Yolov5MapsHead(0, two_scales()), std::invalid_argument);
  EXPECT_THROW(Yolov5MapsHead(1, {}), std::invalid_argument);
  EXPECT_THROW(Yolov5MapsHead(1, {{.cells = {0, 1}, .stride = 8, .anchors = {{1, 1}}}}), std::invalid_argument);
  EXPECT_THROW(Yolov5MapsHead(1, {{.cells = {1, 1}, .stride = 8, .anchors = {}}}), std::invalid_argument);
}

TEST(Yolov5MapsHead, AppendsToWhatIsThereAndNeedsNoMemoryOfItsOwn) {
  const Yolov5MapsHead head(3, two_scales());
  const std::vector<Numbers> maps = random_maps(3, 1);
  const std::vector<Output> views = views_of(maps);
  std::vector<Candidate> candidates(1);
  candidates.reserve(1000);
  {
    const testing::MemoryFor none(0);
    head.decode_all(views, {.conf = 0}, candidates);
  }
  EXPECT_FALSE(testing::MemoryFor::has_run_out());
  EXPECT_EQ(candidates.size(), 1 + 3 * 35 + 6U);
  EXPECT_EQ(candidates[0], Candidate{});
}

}  // namespace
}  // namespace inferqueue::vision
