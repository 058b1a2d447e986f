#include "vision/letterbox.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stdexcept>

#include <opencv2/imgproc.hpp>

#include "vision/bf16.hpp"

namespace inferqueue::vision {
namespace {

constexpr std::uint8_t kGrey = 114;

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

BgrView view_of(const cv::Mat& bgr8) {
  return {bgr8.data, bgr8.step[0], {bgr8.cols, bgr8.rows}};
}

// Of a picture that is no copy of another the source is its own size.
Placement place(const cv::Mat& bgr8, Size source, Size network, Geometry& geometry) {
  if (source == Size{}) source = {bgr8.cols, bgr8.rows};
  const double scale = Letterbox::scale(source, network);
  // At least one pixel: a strip of 20000 by 10 would vanish.
  const Size size{std::max(1, round_half_even(source.width * scale)),
                  std::max(1, round_half_even(source.height * scale))};
  const double pad_x = (network.width - size.width) / 2.0;
  const double pad_y = (network.height - size.height) / 2.0;
  geometry = {static_cast<float>(scale), static_cast<float>(pad_x), static_cast<float>(pad_y), source};
  return {round_half_even(pad_x - 0.1), round_half_even(pad_y - 0.1), size};
}

// The grey around the picture, in rows of so many values a pixel.
template <class T>
void pad(T* values, std::size_t of_pixel, T grey, Size network, const Placement& at) {
  const std::size_t row = of_pixel * static_cast<std::size_t>(network.width);
  const std::size_t left = of_pixel * static_cast<std::size_t>(at.left);
  const std::size_t right = left + of_pixel * static_cast<std::size_t>(at.size.width);
  const auto top = static_cast<std::size_t>(at.top);
  const auto bottom = top + static_cast<std::size_t>(at.size.height);
  std::fill(values, values + top * row + left, grey);
  // From the end of one row of the picture to the start of the next.
  for (std::size_t y = top; y + 1 < bottom; ++y)
    std::fill(values + y * row + right, values + (y + 1) * row + left, grey);
  std::fill(values + (bottom - 1) * row + right, values + static_cast<std::size_t>(network.height) * row, grey);
}

void check(const cv::Mat& bgr8, std::size_t values, Size network) {
  if (bgr8.empty()) throw std::invalid_argument("letterbox: the picture is empty");
  if (bgr8.dims != 2 || bgr8.type() != CV_8UC3) {
    throw std::invalid_argument("letterbox: the picture isn't 8-bit BGR; convert it with to_bgr8()");
  }
  if (network.width < 1 || network.height < 1) throw std::invalid_argument("letterbox: the network size is empty");
  if (values != 3 * static_cast<std::size_t>(network.width) * static_cast<std::size_t>(network.height)) {
    throw std::invalid_argument("letterbox: the network's input doesn't have 3 * height * width values");
  }
}

}  // namespace

Box Geometry::to_source(const Box& network) const {
  const auto width = static_cast<float>(source.width);
  const auto height = static_cast<float>(source.height);
  return {std::clamp((network.x1 - pad_x) / scale, 0.F, width), std::clamp((network.y1 - pad_y) / scale, 0.F, height),
          std::clamp((network.x2 - pad_x) / scale, 0.F, width), std::clamp((network.y2 - pad_y) / scale, 0.F, height)};
}

double Letterbox::scale(Size source, Size network) {
  return std::min(static_cast<double>(network.height) / source.height,
                  static_cast<double>(network.width) / source.width);
}

Geometry Letterbox::apply(const cv::Mat& bgr8, std::span<std::uint8_t> planes, Size network, Size source) {
  check(bgr8, planes.size(), network);
  Geometry geometry;
  const Placement at = place(bgr8, source, network, geometry);
  const std::size_t plane_size = planes.size() / 3;
  std::uint8_t* const red = planes.data();
  std::uint8_t* const green = red + plane_size;
  std::uint8_t* const blue = green + plane_size;
  for (std::uint8_t* plane : {red, green, blue}) pad(plane, 1, kGrey, network, at);
  const auto width = static_cast<std::size_t>(network.width);
  const auto start = static_cast<std::size_t>(at.top) * width + static_cast<std::size_t>(at.left);
  resample_.apply(view_of(bgr8), PlanesView{red + start, green + start, blue + start, width}, at.size);
  return geometry;
}

Geometry Letterbox::apply(const cv::Mat& bgr8, std::span<hwy::bfloat16_t> pixels, Size network, Size source) {
  check(bgr8, pixels.size(), network);
  Geometry geometry;
  const Placement at = place(bgr8, source, network, geometry);
  pad(pixels.data(), 3, share_of_255(kGrey), network, at);
  const std::size_t row = 3 * static_cast<std::size_t>(network.width);
  hwy::bfloat16_t* const start =
      pixels.data() + static_cast<std::size_t>(at.top) * row + 3 * static_cast<std::size_t>(at.left);
  resample_.apply(view_of(bgr8), PixelsView{start, row}, at.size);
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
