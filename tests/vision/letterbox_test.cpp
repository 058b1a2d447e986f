#include "vision/letterbox.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/base.h>
#include <hwy/targets.h>
#include <opencv2/imgproc.hpp>

namespace inferqueue::vision {
namespace {

cv::Mat noise(Size size, int type = CV_8UC3) {
  cv::Mat picture(size.height, size.width, type);
  cv::RNG random(7);
  random.fill(picture, cv::RNG::UNIFORM, 0, 65536, true);
  return picture;
}

using Planes = std::vector<std::uint8_t>;

Planes planes_for(Size network) {
  return Planes(3 * static_cast<std::size_t>(network.width) * static_cast<std::size_t>(network.height));
}

int rounded(double value) {
  return static_cast<int>(std::nearbyint(value));
}

// The same in plain OpenCV calls.
Planes reference(const cv::Mat& bgr, Size network) {
  const double scale =
      std::min(static_cast<double>(network.height) / bgr.rows, static_cast<double>(network.width) / bgr.cols);
  const cv::Size size(std::max(1, rounded(bgr.cols * scale)), std::max(1, rounded(bgr.rows * scale)));
  cv::Mat picture = bgr.clone();
  if (size != bgr.size()) cv::resize(bgr, picture, size, 0, 0, cv::INTER_LINEAR);
  const double x = (network.width - size.width) / 2.0;
  const double y = (network.height - size.height) / 2.0;
  cv::copyMakeBorder(picture, picture, rounded(y - .1), rounded(y + .1), rounded(x - .1), rounded(x + .1),
                     cv::BORDER_CONSTANT, cv::Scalar(114, 114, 114));
  cv::cvtColor(picture, picture, cv::COLOR_BGR2RGB);
  EXPECT_EQ(picture.size(), cv::Size(network.width, network.height));
  Planes planes;
  for (int channel = 0; channel < 3; ++channel) {
    for (int row = 0; row < picture.rows; ++row) {
      for (int column = 0; column < picture.cols; ++column) {
        planes.push_back(picture.at<cv::Vec3b>(row, column)[channel]);
      }
    }
  }
  return planes;
}

const std::vector<Size> kNetworks{{416, 416}, {640, 384}, {33, 47}, {1, 1}};
const std::vector<Size> kSources{{1, 1},     {20000, 10}, {10, 20000}, {1280, 720}, {810, 1080}, {1279, 721}, {3, 5},
                                 {416, 416}, {416, 415},  {415, 416},  {17, 1},     {640, 384},  {1000, 999}, {33, 47}};

std::string text(Size source, Size network) {
  const auto one = [](Size size) { return std::to_string(size.width) + " by " + std::to_string(size.height); };
  return one(source) + " to " + one(network);
}

/// With each set of vector instructions that this processor has, and without any.
class LetterboxOn : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { choose(GetParam()); }
  void TearDown() override { choose(0); }

 private:
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

TEST_P(LetterboxOn, EqualsPlainOpenCvToTheLastBit) {
  for (const Size network : kNetworks) {
    for (const Size source : kSources) {
      const cv::Mat picture = noise(source);
      Planes planes = planes_for(network);
      Planes others(planes.size(), 255);  // every byte must be written, whatever it was before
      const Geometry geometry = Letterbox().apply(picture, planes, network);
      Letterbox().apply(picture, others, network);
      EXPECT_TRUE(planes == reference(picture, network)) << text(source, network);
      EXPECT_TRUE(planes == others) << text(source, network);
      EXPECT_EQ(geometry.source, source);
    }
  }
}

/// The nearest bf16 to a byte's share, of two the even one, by looking at both neighbours.
hwy::bfloat16_t nearest_share(std::uint8_t byte) {
  const double share = byte / 255.0;
  const hwy::bfloat16_t below = hwy::BF16FromF32(static_cast<float>(share));  // drops what is left over
  const hwy::bfloat16_t above{static_cast<std::uint16_t>(below.bits + 1)};
  const double to_below = share - double{hwy::F32FromBF16(below)};
  const double to_above = double{hwy::F32FromBF16(above)} - share;
  if (to_below == to_above) return below.bits % 2 == 0 ? below : above;
  return to_below < to_above ? below : above;
}

TEST_P(LetterboxOn, WritesPixelsOfTheSameValuesAsSharesOf255) {
  for (const Size network : kNetworks) {
    for (const Size source : kSources) {
      const cv::Mat picture = noise(source);
      const Planes planes = reference(picture, network);
      std::vector<hwy::bfloat16_t> pixels(planes.size(), hwy::bfloat16_t{0x7FFF});
      const Geometry geometry = Letterbox().apply(picture, pixels, network);
      const std::size_t plane = planes.size() / 3;
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < pixels.size(); ++i)
        if (pixels[i].bits != nearest_share(planes[i % 3 * plane + i / 3]).bits) ++wrong;
      EXPECT_EQ(wrong, 0U) << text(source, network);
      EXPECT_EQ(geometry.source, source);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, LetterboxOn, ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
                         [](const auto& named) { return std::string(hwy::TargetName(named.param)); });

TEST(Letterbox, TheWholePictureComesBackWhole) {
  for (const Size network : kNetworks) {
    for (const Size source : kSources) {
      SCOPED_TRACE(text(source, network));
      Planes planes = planes_for(network);
      const Geometry geometry = Letterbox().apply(noise(source), planes, network);
      const Box whole =
          geometry.to_source({0, 0, static_cast<float>(network.width), static_cast<float>(network.height)});
      // The resized picture is whole pixels, the scale isn't: half a network pixel is the most that can be lost.
      const float tolerance = 0.5F / geometry.scale + 0.01F;
      EXPECT_NEAR(whole.x1, 0, tolerance);
      EXPECT_NEAR(whole.y1, 0, tolerance);
      EXPECT_NEAR(whole.x2, source.width, tolerance);
      EXPECT_NEAR(whole.y2, source.height, tolerance);
    }
  }
}

TEST(Letterbox, PlacesAnHdPictureAsWorkedOutByHand) {
  Planes planes = planes_for({416, 416});
  const Geometry geometry = Letterbox().apply(noise({1280, 720}), planes, {416, 416});
  EXPECT_FLOAT_EQ(geometry.scale, 0.325F);
  EXPECT_FLOAT_EQ(geometry.pad_x, 0);
  EXPECT_FLOAT_EQ(geometry.pad_y, 91);
  EXPECT_EQ(planes[90 * 416 + 5], 114);
}

TEST(Letterbox, AnOddRestGoesToTheRightAndTheBottom) {
  const cv::Mat white(10, 7, CV_8UC3, cv::Scalar::all(255));
  Planes planes = planes_for({10, 10});
  const Geometry geometry = Letterbox().apply(white, planes, {10, 10});
  EXPECT_FLOAT_EQ(geometry.pad_x, 1.5F);
  EXPECT_EQ(planes[0], 114);
  EXPECT_EQ(planes[1], 255);
  EXPECT_EQ(planes[7], 255);
  EXPECT_EQ(planes[8], 114);
}

TEST(Letterbox, SwapsBlueAndRed) {
  const cv::Mat picture(2, 2, CV_8UC3, cv::Scalar(51, 102, 255));
  Planes planes = planes_for({2, 2});
  Letterbox().apply(picture, planes, {2, 2});
  EXPECT_EQ(planes[0], 255);
  EXPECT_EQ(planes[4], 102);
  EXPECT_EQ(planes[8], 51);
}

TEST(Letterbox, KeepsNothingFromThePictureBefore) {
  Letterbox letterbox;
  Planes planes = planes_for({416, 416});
  for (const Size size : {Size{1280, 720}, Size{50, 900}, Size{416, 416}, Size{900, 50}, Size{1280, 720}}) {
    const cv::Mat picture = noise(size);
    letterbox.apply(picture, planes, {416, 416});
    EXPECT_TRUE(planes == reference(picture, {416, 416}));
  }
}

TEST(Letterbox, TakesAViewIntoALargerPictureAndLeavesItAlone) {
  const cv::Mat large = noise({300, 200});
  const cv::Mat before = large.clone();
  for (const cv::Rect area : {cv::Rect(7, 11, 100, 80), cv::Rect(1, 2, 64, 64)}) {
    Planes planes = planes_for({64, 64});
    Letterbox().apply(large(area), planes, {64, 64});
    EXPECT_TRUE(planes == reference(large(area), {64, 64}));
  }
  EXPECT_EQ(cv::norm(large, before, cv::NORM_INF), 0);
}

TEST(Letterbox, RefusesWhatItCannotTake) {
  Letterbox letterbox;
  Planes planes = planes_for({8, 8});
  EXPECT_THROW(letterbox.apply(cv::Mat(), planes, {8, 8}), std::invalid_argument);
  EXPECT_THROW(letterbox.apply(noise({4, 4}, CV_8UC1), planes, {8, 8}), std::invalid_argument);
  EXPECT_THROW(letterbox.apply(noise({4, 4}, CV_16UC3), planes, {8, 8}), std::invalid_argument);
  EXPECT_THROW(letterbox.apply(noise({4, 4}), planes, {8, 9}), std::invalid_argument);
  std::vector<hwy::bfloat16_t> pixels(planes.size() - 1);
  EXPECT_THROW(letterbox.apply(noise({4, 4}), pixels, {8, 8}), std::invalid_argument);
  EXPECT_THROW(letterbox.apply(noise({4, 4}), planes, {0, 8}), std::invalid_argument);
  EXPECT_THROW(letterbox.apply(noise({4, 4}), planes, {-8, -8}), std::invalid_argument);
}

TEST(Geometry, BoxesSurviveTheWayThereAndBack) {
  cv::RNG random(3);
  for (int i = 0; i < 1000; ++i) {
    const Size source{random.uniform(1, 4000), random.uniform(1, 4000)};
    const Geometry geometry{random.uniform(0.05F, 4.F), random.uniform(0.F, 300.F), random.uniform(0.F, 300.F), source};
    const float x1 = random.uniform(0.F, static_cast<float>(source.width));
    const float y1 = random.uniform(0.F, static_cast<float>(source.height));
    const Box box{x1, y1, random.uniform(x1, static_cast<float>(source.width)),
                  random.uniform(y1, static_cast<float>(source.height))};
    const Box there{box.x1 * geometry.scale + geometry.pad_x, box.y1 * geometry.scale + geometry.pad_y,
                    box.x2 * geometry.scale + geometry.pad_x, box.y2 * geometry.scale + geometry.pad_y};
    const Box back = geometry.to_source(there);
    EXPECT_NEAR(back.x1, box.x1, 0.02);
    EXPECT_NEAR(back.y1, box.y1, 0.02);
    EXPECT_NEAR(back.x2, box.x2, 0.02);
    EXPECT_NEAR(back.y2, box.y2, 0.02);
  }
}

TEST(Geometry, ClipsToThePicture) {
  const Geometry geometry{0.5F, 10, 20, {100, 50}};
  EXPECT_EQ(geometry.to_source({-5, 0, 500, 500}), (Box{0, 0, 100, 50}));
  EXPECT_EQ(geometry.to_source({12, 24, 20, 30}), (Box{4, 8, 20, 20}));
}

TEST(ToBgr8, KeepsAPictureThatIsSoAlready) {
  const cv::Mat picture = noise({5, 4});
  EXPECT_EQ(to_bgr8(picture).data, picture.data);
}

TEST(ToBgr8, SpreadsGreyDropsAlphaAndScales16Bits) {
  const auto pixel = [](const cv::Mat& picture) { return to_bgr8(picture).at<cv::Vec3b>(0, 0); };
  EXPECT_EQ(pixel(cv::Mat(2, 2, CV_8UC1, cv::Scalar(9))), cv::Vec3b(9, 9, 9));
  EXPECT_EQ(pixel(cv::Mat(2, 2, CV_8UC4, cv::Scalar(1, 2, 3, 0))), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(pixel(cv::Mat(2, 2, CV_16UC1, cv::Scalar(65535))), cv::Vec3b(255, 255, 255));
  EXPECT_EQ(pixel(cv::Mat(2, 2, CV_16UC3, cv::Scalar(257, 514, 65535))), cv::Vec3b(1, 2, 255));
  EXPECT_EQ(pixel(cv::Mat(2, 2, CV_16UC4, cv::Scalar(257, 514, 771, 5))), cv::Vec3b(1, 2, 3));
}

TEST(ToBgr8, RefusesOtherTypes) {
  EXPECT_THROW(to_bgr8(cv::Mat()), std::invalid_argument);
  EXPECT_THROW(to_bgr8(cv::Mat(2, 2, CV_32FC3)), std::invalid_argument);
  EXPECT_THROW(to_bgr8(cv::Mat(2, 2, CV_8UC2)), std::invalid_argument);
  EXPECT_THROW(to_bgr8(cv::Mat(2, 2, CV_8UC(5))), std::invalid_argument);
}

}  // namespace
}  // namespace inferqueue::vision
