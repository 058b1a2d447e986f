#include "accuracy/matching.hpp"

#include <limits>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::accuracy {
namespace {

using vision::Box;
using vision::Detection;
using Found = std::vector<std::optional<std::size_t>>;
constexpr auto nothing = std::nullopt;

/// Overlaps (0, 0, 10, 10) by share, for shares that are whole tenths.
Detection part(float share, float score, int class_id = 0) {
  return {{0, 0, 10 * share, 10}, score, class_id};
}
const Truth object{{0, 0, 10, 10}, 0};
const Truth elsewhere{{100, 0, 110, 10}, 0};

TEST(Match, TheThresholdsAreThoseOfCoco) {
  EXPECT_FLOAT_EQ(iou_threshold(0), 0.5F);
  EXPECT_FLOAT_EQ(iou_threshold(1), 0.55F);
  EXPECT_FLOAT_EQ(iou_threshold(threshold_count - 1), 0.95F);
}

TEST(Match, AnOverlapOfExactlyTheThresholdIsEnough) {
  for (std::size_t i = 0; i < threshold_count; i += 2) {
    const float share = iou_threshold(i);
    EXPECT_EQ(match(std::vector{part(share, 0.9F)}, std::vector{object}, share), Found{0}) << share;
    EXPECT_EQ(match(std::vector{part(share - 0.01F, 0.9F)}, std::vector{object}, share), Found{nothing}) << share;
  }
}

TEST(Match, AnObjectIsFoundOnceByTheHighestScore) {
  const std::vector<Detection> detections{part(1, 0.5F), part(0.6F, 0.9F), part(0.8F, 0.7F)};
  EXPECT_EQ(match(detections, std::vector{object}, 0.5F), (Found{nothing, 0, nothing}))
      << "the score decides, not the overlap";
  EXPECT_EQ(match(detections, std::vector{object}, 0.75F), (Found{nothing, nothing, 0}))
      << "what doesn't reach the threshold takes nothing away";
}

TEST(Match, OfEqualScoresTheEarlierChooses) {
  EXPECT_EQ(match(std::vector{part(0.6F, 0.5F), part(1, 0.5F)}, std::vector{object}, 0.5F), (Found{0, nothing}));
}

TEST(Match, ADetectionTakesTheFreeObjectItOverlapsMost) {
  const std::vector<Truth> two{{{0, 0, 10, 7}, 0}, {{0, 0, 10, 10}, 0}};
  EXPECT_EQ(match(std::vector{part(1, 0.9F)}, two, 0.5F), Found{1});
  EXPECT_EQ(match(std::vector{part(1, 0.9F), part(1, 0.8F)}, two, 0.5F), (Found{1, 0}))
      << "the second takes what is left";
  EXPECT_EQ(match(std::vector{part(1, 0.9F), part(1, 0.8F)}, two, 0.75F), (Found{1, nothing}));
}

TEST(Match, ClassesMatterUnlessTheyAreNotAskedFor) {
  const std::vector<Detection> other{part(1, 0.9F, 1)};
  EXPECT_EQ(match(other, std::vector{object}, 0.5F), Found{nothing});
  EXPECT_EQ(match(other, std::vector{object}, 0.5F, Classes::any), Found{0});
}

TEST(Match, NothingMatchesNothing) {
  EXPECT_EQ(match({}, {}, 0.5F), Found{});
  EXPECT_EQ(match({}, std::vector{object}, 0.5F), Found{});
  EXPECT_EQ(match(std::vector{part(1, 0.9F)}, {}, 0.5F), Found{nothing});
  EXPECT_EQ(match(std::vector{part(1, 0.9F)}, std::vector{elsewhere}, 0.5F), Found{nothing});
}

TEST(Match, BoxesWithANanOverlapNothing) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Box& box : {Box{nan, 0, 10, 10}, Box{0, 0, nan, 10}, Box{nan, nan, nan, nan}}) {
    EXPECT_EQ(match(std::vector{Detection{box, 0.9F, 0}, part(1, 0.8F)}, std::vector{object}, 0.5F),
              (Found{nothing, 0}));
    EXPECT_EQ(match(std::vector{part(1, 0.8F)}, std::vector{Truth{box, 0}}, 0.5F), Found{nothing});
  }
}

}  // namespace
}  // namespace inferqueue::accuracy
