// A picture of any size into a network of any size, and a box back.
// Seed: source width and height, network width and height, a box of four numbers.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <hwy/base.h>
#include <opencv2/core.hpp>

#include "fuzz/fuzz.hpp"
#include "vision/letterbox.hpp"

namespace inferqueue::fuzz {
namespace {

int side(Input& input, std::size_t most) {
  return static_cast<int>(1 + input.whole_to(most - 1));
}

void check_box(const vision::Geometry& geometry, const vision::Box& network) {
  const vision::Box box = geometry.to_source(network);
  const auto width = static_cast<float>(geometry.source.width);
  const auto height = static_cast<float>(geometry.source.height);
  for (const float x : {box.x1, box.x2}) require(x >= 0 && x <= width, "the box is within the picture's width");
  for (const float y : {box.y1, box.y2}) require(y >= 0 && y <= height, "the box is within the picture's height");
}

/// The whole picture, into the network and back.
void check_corners(const vision::Geometry& geometry) {
  const auto width = static_cast<float>(geometry.source.width);
  const auto height = static_cast<float>(geometry.source.height);
  const vision::Box there{geometry.pad_x, geometry.pad_y, width * geometry.scale + geometry.pad_x,
                          height * geometry.scale + geometry.pad_y};
  const vision::Box back = geometry.to_source(there);
  const float tolerance = 0.01F * std::max(1.F, 1 / geometry.scale);
  require(back.x1 <= tolerance && back.y1 <= tolerance, "the upper left corner comes back");
  require(back.x2 >= width - tolerance && back.y2 >= height - tolerance, "the lower right corner comes back");
}

}  // namespace

void run(Input input) {
  // Long strips, but never many pixels, because the time goes into OpenCV.
  const int width = side(input, 20'000);
  const int height = side(input, static_cast<std::size_t>(std::max(1, 40'000 / width)));
  const vision::Size network{side(input, 100), side(input, 100)};
  const auto corner = [&input] {
    const float value = input.number();
    return std::isfinite(value) ? value : 0;
  };
  const vision::Box box{corner(), corner(), corner(), corner()};

  // Of its own memory, to the byte: a sanitizer sees what is read beside it.
  std::vector<std::uint8_t> pixels(3 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(128 + i % 128);
  const cv::Mat picture(height, width, CV_8UC3, pixels.data());
  std::vector<std::uint8_t> planes(3 * static_cast<std::size_t>(network.width) *
                                   static_cast<std::size_t>(network.height));
  vision::Letterbox letterbox;
  const vision::Geometry geometry = letterbox.apply(picture, planes, network);
  require(std::ranges::all_of(planes, [](int value) { return value == 114 || value >= 128; }), "all planes are filled");
  std::vector<hwy::bfloat16_t> shares(planes.size(), hwy::bfloat16_t{0});
  letterbox.apply(picture, shares, network);
  require(std::ranges::all_of(shares, [](auto share) { return hwy::F32FromBF16(share) > 0.4F; }),
          "all pixels are filled");
  require(std::isfinite(geometry.scale) && geometry.scale > 0, "the scale is a positive number");
  require(geometry.pad_x >= 0 && geometry.pad_y >= 0, "the picture lies within the network's input");
  require(geometry.source == vision::Size{width, height}, "the source is the picture");
  check_box(geometry, box);
  check_corners(geometry);
}

}  // namespace inferqueue::fuzz
