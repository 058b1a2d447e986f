#include "vision/letterbox.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <opencv2/core/hal/intrin.hpp>
#include <opencv2/imgproc.hpp>

namespace inferqueue::vision {
namespace {

constexpr float kGrey = 114.F / 255.F;

// Whole network pixels that the resized picture covers.
struct Placement {
  int left = 0;
  int top = 0;
  Size size;
};

// Half to even, as Python's round().
int round_half_even(double value) {
  return static_cast<int>(std::lrint(value));
}

Placement place(Size source, Size network, Geometry& geometry) {
  const double scale =
      std::min(static_cast<double>(network.height) / source.height, static_cast<double>(network.width) / source.width);
  // At least one pixel: a strip of 20000 by 10 would vanish.
  const Size size{std::max(1, round_half_even(source.width * scale)),
                  std::max(1, round_half_even(source.height * scale))};
  const double pad_x = (network.width - size.width) / 2.0;
  const double pad_y = (network.height - size.height) / 2.0;
  geometry = {static_cast<float>(scale), static_cast<float>(pad_x), static_cast<float>(pad_y), source};
  return {round_half_even(pad_x - 0.1), round_half_even(pad_y - 0.1), size};
}

constexpr std::size_t kBlock = 16;  // pixels that OpenCV's 128-bit vectors take apart at a time

float to_unit(unsigned char byte) {
  return static_cast<float>(byte) / 255.F;
}

// Of a constant length, so that it becomes vector code.
void block_to_unit(const unsigned char* bytes, float* out) {
  for (std::size_t i = 0; i < kBlock; ++i) out[i] = to_unit(bytes[i]);
}

// One row of interleaved BGR bytes, to a row of each plane. Taking blocks of pixels apart with a vector instruction or
// two and leaving the rest to the compiler is as fast as writing it all in vector code, and half again as fast as a
// table of quotients.
void split_row(const unsigned char* bgr, std::size_t width, float* red, float* green, float* blue) {
  std::size_t x = 0;
  for (; x + kBlock <= width; x += kBlock) {
    cv::v_uint8x16 b;
    cv::v_uint8x16 g;
    cv::v_uint8x16 r;
    cv::v_load_deinterleave(bgr + 3 * x, b, g, r);
    alignas(16) std::array<std::array<unsigned char, kBlock>, 3> bytes{};
    cv::v_store_aligned(bytes[0].data(), b);
    cv::v_store_aligned(bytes[1].data(), g);
    cv::v_store_aligned(bytes[2].data(), r);
    block_to_unit(bytes[0].data(), blue + x);
    block_to_unit(bytes[1].data(), green + x);
    block_to_unit(bytes[2].data(), red + x);
  }
  for (; x < width; ++x) {
    blue[x] = to_unit(bgr[3 * x]);
    green[x] = to_unit(bgr[3 * x + 1]);
    red[x] = to_unit(bgr[3 * x + 2]);
  }
}

// The grey around the picture, in one plane.
void pad(float* plane, Size network, const Placement& at) {
  const auto width = static_cast<std::size_t>(network.width);
  const auto left = static_cast<std::size_t>(at.left);
  const auto right = left + static_cast<std::size_t>(at.size.width);
  const auto top = static_cast<std::size_t>(at.top);
  const auto bottom = top + static_cast<std::size_t>(at.size.height);
  std::fill(plane, plane + top * width, kGrey);
  for (std::size_t y = top; y < bottom; ++y) {
    std::fill(plane + y * width, plane + y * width + left, kGrey);
    std::fill(plane + y * width + right, plane + (y + 1) * width, kGrey);
  }
  std::fill(plane + bottom * width, plane + static_cast<std::size_t>(network.height) * width, kGrey);
}

void check(const cv::Mat& bgr8, std::span<float> planes, Size network) {
  if (bgr8.empty()) throw std::invalid_argument("letterbox: the picture is empty");
  if (bgr8.dims != 2 || bgr8.type() != CV_8UC3) {
    throw std::invalid_argument("letterbox: the picture isn't 8-bit BGR; convert it with to_bgr8()");
  }
  if (network.width < 1 || network.height < 1) throw std::invalid_argument("letterbox: the network size is empty");
  if (planes.size() != 3 * static_cast<std::size_t>(network.width) * static_cast<std::size_t>(network.height)) {
    throw std::invalid_argument("letterbox: the planes don't have 3 * height * width floats");
  }
}

}  // namespace

Box Geometry::to_source(const Box& network) const {
  const auto width = static_cast<float>(source.width);
  const auto height = static_cast<float>(source.height);
  return {std::clamp((network.x1 - pad_x) / scale, 0.F, width), std::clamp((network.y1 - pad_y) / scale, 0.F, height),
          std::clamp((network.x2 - pad_x) / scale, 0.F, width), std::clamp((network.y2 - pad_y) / scale, 0.F, height)};
}

Geometry Letterbox::apply(const cv::Mat& bgr8, std::span<float> planes, Size network) {
  check(bgr8, planes, network);
  Geometry geometry;
  const Placement at = place({bgr8.cols, bgr8.rows}, network, geometry);

  cv::Mat picture = bgr8;
  if (at.size != geometry.source) {
    resized_.resize(planes.size());
    picture = cv::Mat(at.size.height, at.size.width, CV_8UC3, resized_.data());
    cv::resize(bgr8, picture, picture.size(), 0, 0, cv::INTER_LINEAR);
  }

  const std::size_t plane_size = planes.size() / 3;
  float* const red = planes.data();
  float* const green = red + plane_size;
  float* const blue = green + plane_size;
  for (float* plane : {red, green, blue}) pad(plane, network, at);
  for (int y = 0; y < picture.rows; ++y) {
    const auto row = static_cast<std::size_t>(at.top + y) * static_cast<std::size_t>(network.width) +
                     static_cast<std::size_t>(at.left);
    split_row(picture.ptr(y), static_cast<std::size_t>(picture.cols), red + row, green + row, blue + row);
  }
  return geometry;
}

cv::Mat to_bgr8(const cv::Mat& picture) {
  if (picture.empty()) throw std::invalid_argument("to_bgr8: the picture is empty");
  const bool depth_ok = picture.depth() == CV_8U || picture.depth() == CV_16U;
  if (picture.dims != 2 || !depth_ok || picture.channels() == 2 || picture.channels() > 4) {
    throw std::invalid_argument("to_bgr8: only 8- and 16-bit pictures with 1, 3 or 4 channels are supported");
  }
  cv::Mat bytes = picture;
  if (picture.depth() == CV_16U) picture.convertTo(bytes, CV_8U, 1.0 / 257.0);
  if (bytes.channels() == 3) return bytes;
  cv::Mat bgr;
  cv::cvtColor(bytes, bgr, bytes.channels() == 1 ? cv::COLOR_GRAY2BGR : cv::COLOR_BGRA2BGR);
  return bgr;
}

}  // namespace inferqueue::vision
