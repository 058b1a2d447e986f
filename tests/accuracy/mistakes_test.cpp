#include "accuracy/mistakes.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::accuracy {
namespace {

using vision::Detection;

vision::Box at(float x) {
  return {x, 0, x + 10, 10};
}

TEST(Mistakes, NoneWhereAllIsFound) {
  const Truth object{at(0), 1};
  const Mistakes mistakes = find_mistakes(std::vector<Detection>{{at(1), 0.9F, 1}}, std::vector{object}, 0.25F);
  EXPECT_EQ(mistakes.count(), 0U);
  EXPECT_EQ(mistakes.found, std::vector{object});
  EXPECT_EQ(find_mistakes({}, {}, 0.25F).count(), 0U);
}

TEST(Mistakes, EachIsOfOneKind) {
  const Detection twin{at(1), 0.4F, 0};
  const Detection nowhere{at(200), 0.5F, 0};
  const Detection other_class{at(20), 0.8F, 2};
  const std::vector<Detection> detections{{at(0), 0.9F, 0}, twin, nowhere, other_class, {at(40), 0.25F, 0}};
  const std::vector<Truth> truth{{at(0), 0}, {at(20), 1}, {at(40), 0}};
  const Mistakes mistakes = find_mistakes(detections, truth, 0.25F);
  EXPECT_EQ(mistakes.found, std::vector{truth[0]});
  ASSERT_EQ(mistakes.confused.size(), 1U);
  EXPECT_EQ(mistakes.confused[0].detection, other_class);
  EXPECT_EQ(mistakes.confused[0].object, truth[1]);
  EXPECT_EQ(mistakes.missed, std::vector{truth[2]}) << "a find that isn't above the confidence is none";
  EXPECT_EQ(mistakes.false_finds, (std::vector{nowhere, twin})) << "best first";
  EXPECT_EQ(mistakes.count(), 4U);
}

TEST(Mistakes, AnotherClassOnWhatIsFoundAlreadyIsAFalseFind) {
  const std::vector<Detection> detections{{at(0), 0.9F, 1}, {at(0), 0.5F, 0}};
  const Mistakes mistakes = find_mistakes(detections, std::vector<Truth>{{at(0), 0}}, 0.25F);
  EXPECT_EQ(mistakes.found.size(), 1U) << "the right class counts although the wrong one has the higher score";
  EXPECT_EQ(mistakes.false_finds, std::vector{detections[0]});
  EXPECT_EQ(mistakes.count(), 1U);
}

TEST(Mistakes, ALooseBoxIsAMissAndAFalseFind) {
  const Mistakes mistakes =
      find_mistakes(std::vector<Detection>{{at(6), 0.9F, 0}}, std::vector<Truth>{{at(0), 0}}, 0.25F);
  EXPECT_EQ(mistakes.missed.size(), 1U);
  EXPECT_EQ(mistakes.false_finds.size(), 1U);
  EXPECT_TRUE(mistakes.confused.empty());
}

}  // namespace
}  // namespace inferqueue::accuracy
