#include "accuracy/draw_mistakes.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

namespace inferqueue::accuracy {
namespace {

const std::vector<std::string> names{"circle", "star"};

cv::Mat drawn(const Mistakes& mistakes) {
  return draw_mistakes(cv::Mat(200, 200, CV_8UC3, cv::Scalar::all(0)), mistakes, names);
}

cv::Vec3b pixel(const cv::Mat& picture, int x, int y) {
  EXPECT_EQ(picture.size(), cv::Size(600, 600)) << "small pictures are enlarged, three times here";
  return picture.at<cv::Vec3b>(3 * y, 3 * x);
}

TEST(DrawMistakes, EachKindHasItsColour) {
  Mistakes mistakes;
  mistakes.found.push_back({{20, 20, 60, 60}, 0});
  mistakes.missed.push_back({{100, 20, 140, 60}, 1});
  mistakes.false_finds.push_back({{20, 120, 60, 160}, 0.8F, 1});
  mistakes.confused.push_back({{{100, 120, 140, 160}, 0.7F, 1}, {{104, 124, 136, 156}, 0}});
  const cv::Mat picture = drawn(mistakes);
  const cv::Vec3b blue = pixel(picture, 40, 60);
  const cv::Vec3b yellow = pixel(picture, 120, 60);
  const cv::Vec3b red = pixel(picture, 40, 160);
  EXPECT_GT(blue[0], 2 * blue[2]);
  EXPECT_GT(yellow[1], 2 * yellow[0]);
  EXPECT_GT(yellow[2], 2 * yellow[0]);
  EXPECT_GT(red[2], 2 * red[0]);
  EXPECT_EQ(pixel(picture, 120, 160), red) << "a wrong class is red";
  EXPECT_EQ(pixel(picture, 120, 156), blue) << "around what is there";
  EXPECT_EQ(pixel(picture, 80, 80), cv::Vec3b(0, 0, 0));
}

TEST(DrawMistakes, OnlyMistakesHaveATag) {
  Mistakes right;
  right.found.push_back({{20, 100, 60, 160}, 0});
  EXPECT_EQ(cv::countNonZero(drawn(right).rowRange(0, 290).reshape(1)), 0);
  Mistakes wrong;
  wrong.missed.push_back({{20, 100, 60, 160}, 0});
  EXPECT_GT(cv::countNonZero(drawn(wrong).rowRange(0, 290).reshape(1)), 0);
}

TEST(DrawMistakes, LargePicturesKeepTheirSizeAndAllTheirPixels) {
  const cv::Mat picture(500, 700, CV_8UC3, cv::Scalar(1, 2, 3));
  const cv::Mat copy = draw_mistakes(picture, {}, names);
  EXPECT_EQ(copy.size(), picture.size());
  EXPECT_EQ(cv::norm(copy, picture, cv::NORM_INF), 0);
  EXPECT_NE(copy.data, picture.data) << "the picture itself stays as it is";
}

TEST(DrawMistakes, AnEmptyPictureIsRefused) {
  EXPECT_THROW(draw_mistakes({}, {}, names), std::invalid_argument);
}

}  // namespace
}  // namespace inferqueue::accuracy
