#include "vision/postprocess.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "vision/heads/yolov5.hpp"

namespace inferqueue::vision {
namespace {

const Geometry kHd{0.325F, 0, 91, {1280, 720}};

// Rows of a YOLOv5 output with two classes.
const std::vector<float> kOutput{
    208, 208, 40, 20, 0.9F,  0.1F, 1.0F,  // the object
    210, 208, 40, 20, 0.8F,  0.0F, 1.0F,  // the same again
    209, 208, 40, 20, 0.7F,  1.0F, 0.0F,  // of the other class
    5,   95,  40, 20, 0.5F,  1.0F, 0.1F,  // beyond the corner of the picture
    300, 208, 40, 20, 0.25F, 1.0F, 0.1F,  // just too unlikely
};

TEST(Postprocess, CarriesTheBestBoxesBackToTheSource) {
  Postprocess postprocess;
  const auto found = postprocess.apply(Yolov5Head(2), kOutput, kHd, {});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].class_id, 1);
  EXPECT_FLOAT_EQ(found[0].score, 0.9F);
  EXPECT_NEAR(found[0].box.x1, (208 - 20) / 0.325, 1e-3);
  EXPECT_NEAR(found[0].box.y1, (208 - 10 - 91) / 0.325, 1e-3);
  EXPECT_NEAR(found[0].box.x2, (208 + 20) / 0.325, 1e-3);
  EXPECT_NEAR(found[0].box.y2, (208 + 10 - 91) / 0.325, 1e-3);
  EXPECT_EQ(found[1].class_id, 0);
  EXPECT_EQ(found[2].box.x1, 0.F);
  EXPECT_EQ(found[2].box.y1, 0.F);
}

TEST(Postprocess, FollowsEveryOption) {
  Postprocess postprocess;
  const Yolov5Head head(2);
  EXPECT_EQ(postprocess.apply(head, kOutput, kHd, {.conf = 0.2F}).size(), 4U);
  EXPECT_EQ(postprocess.apply(head, kOutput, kHd, {.conf = 0.95F}).size(), 0U);
  EXPECT_EQ(postprocess.apply(head, kOutput, kHd, {.iou = 0.99F}).size(), 4U);
  EXPECT_EQ(postprocess.apply(head, kOutput, kHd, {.max_det = 1}).size(), 1U);
  EXPECT_EQ(postprocess.apply(head, kOutput, kHd, {.classes = {1}}).size(), 1U);
  EXPECT_EQ(postprocess.apply(head, kOutput, kHd, {.agnostic = true}).size(), 2U);
}

TEST(Postprocess, GivesTheSameOnEveryCall) {
  Postprocess postprocess;
  const Yolov5Head head(2);
  const auto first = postprocess.apply(head, kOutput, kHd, {});
  EXPECT_TRUE(postprocess.apply(head, std::span<const float>(), kHd, {}).empty());
  EXPECT_EQ(postprocess.apply(head, kOutput, kHd, {}), first);
}

}  // namespace
}  // namespace inferqueue::vision
