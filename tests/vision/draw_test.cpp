#include "vision/draw.hpp"

#include <cstddef>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "vision/labels.hpp"

namespace inferqueue::vision {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

const std::vector<Box> kStrangeBoxes{
    {-100, -100, 1e9F, 1e9F},
    {-50, -50, -10, -10},
    {1e9F, 1e9F, 2e9F, 2e9F},
    {5, 5, 5, 5},
    {90, 1, 100, 9},
    {0, 90, 10, 100},
    {kNan, 0, 9, 9},
    {0, 0, kNan, kNan},
    {20, 20, 10, 10},
    {0, 0, 100, 100},
    {0, 0, 0, 0},
    {-kInfinity, -kInfinity, kInfinity, kInfinity},
};

cv::Mat black(int width, int height) {
  return {height, width, CV_8UC3, cv::Scalar::all(0)};
}

TEST(Draw, NeverWritesOutsideThePicture) {
  const std::vector<std::string> names{"person", std::string(300, 'w'), "K\xC3\xA4se", ""};
  for (const auto& [width, height] : {std::pair{100, 100}, {1, 1}, {3, 200}, {200, 3}}) {
    cv::Mat large = black(width + 40, height + 40);
    cv::Mat inner = large(cv::Rect(20, 20, width, height));
    for (std::size_t i = 0; i < kStrangeBoxes.size(); ++i) {
      const std::vector<Detection> one{{kStrangeBoxes[i], 0.5F, static_cast<int>(i % 5)}};
      draw(inner, one, names);
    }
    inner.setTo(cv::Scalar::all(0));
    EXPECT_EQ(cv::norm(large, cv::NORM_INF), 0) << width << " by " << height;
  }
}

TEST(Draw, LeavesBoxesOutsideOrWithNanOut) {
  for (const Box& box : {Box{-50, -50, -10, -10}, Box{200, 10, 300, 20}, Box{kNan, 0, 9, 9}, Box{0, 0, 9, kNan}}) {
    cv::Mat picture = black(100, 100);
    draw(picture, std::vector<Detection>{{box, 0.9F, 0}}, {});
    EXPECT_EQ(cv::norm(picture, cv::NORM_INF), 0);
  }
}

TEST(Draw, OutlinesTheBoxInItsClassColourAndLeavesTheInsideAlone) {
  cv::Mat picture = black(600, 400);
  draw(picture, std::vector<Detection>{{{100, 100, 500, 300}, 0.9F, 3}}, coco_names());
  const cv::Scalar color = class_color(3);
  const cv::Vec3b expected(cv::saturate_cast<uchar>(color[0]), cv::saturate_cast<uchar>(color[1]),
                           cv::saturate_cast<uchar>(color[2]));
  EXPECT_EQ(picture.at<cv::Vec3b>(200, 100), expected);
  EXPECT_EQ(picture.at<cv::Vec3b>(200, 500), expected);
  EXPECT_EQ(picture.at<cv::Vec3b>(300, 300), expected);
  EXPECT_EQ(picture.at<cv::Vec3b>(200, 300), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(picture.at<cv::Vec3b>(200, 50), cv::Vec3b(0, 0, 0));
  EXPECT_NE(picture.at<cv::Vec3b>(95, 105), cv::Vec3b(0, 0, 0));  // the tag above
}

TEST(Draw, KeepsTheWholeTagInThePicture) {
  // The tag is the same size everywhere: at the edges it is moved, not cut off.
  const auto tag_pixels = [](const Box& box) {
    cv::Mat picture = black(400, 400);
    draw(picture, std::vector<Detection>{{box, 0.9F, 3}}, coco_names());
    cv::Mat inside;
    cv::inRange(picture, cv::Scalar::all(0), cv::Scalar::all(0), inside);
    return 400 * 400 - cv::countNonZero(inside);
  };
  const int in_the_middle = tag_pixels({200, 200, 202, 202});
  EXPECT_NEAR(tag_pixels({397, 200, 399, 202}), in_the_middle, 9);  // but for some of the tiny box
  EXPECT_NEAR(tag_pixels({0, 200, 2, 202}), in_the_middle, 9);
  EXPECT_NEAR(tag_pixels({200, 397, 202, 399}), in_the_middle, 9);
  EXPECT_NEAR(tag_pixels({200, 0, 202, 2}), in_the_middle, 20);  // the tag covers the box
}

TEST(Draw, TheFirstDetectionIsOnTop) {
  const Box box{10, 40, 90, 90};
  cv::Mat alone = black(100, 100);
  draw(alone, std::vector<Detection>{{box, 0.9F, 1}}, {});
  cv::Mat both = black(100, 100);
  draw(both, std::vector<Detection>{{box, 0.9F, 1}, {box, 0.3F, 2}}, {});
  EXPECT_EQ(both.at<cv::Vec3b>(40, 10), alone.at<cv::Vec3b>(40, 10));
}

TEST(Draw, RefusesOtherPictures) {
  cv::Mat empty;
  cv::Mat grey(5, 5, CV_8UC1);
  EXPECT_THROW(draw(empty, {}, {}), std::invalid_argument);
  EXPECT_THROW(draw(grey, {}, {}), std::invalid_argument);
}

TEST(ClassColor, DiffersFromClassToClass) {
  std::set<std::tuple<double, double, double>> seen;
  for (int i = 0; i < 80; ++i) {
    const cv::Scalar color = class_color(i);
    for (int channel = 0; channel < 3; ++channel) {
      EXPECT_GE(color[channel], 0);
      EXPECT_LE(color[channel], 255);
    }
    seen.insert({color[0], color[1], color[2]});
  }
  EXPECT_EQ(seen.size(), 80U);
  EXPECT_EQ(class_color(-5), class_color(0));
}

}  // namespace
}  // namespace inferqueue::vision
