#include "pipeline/jpeg.hpp"

#include <algorithm>
#include <utility>

#include <opencv2/core.hpp>
#include <turbojpeg.h>

#include "pipeline/exif.hpp"
#include "vision/letterbox.hpp"

namespace inferqueue::pipeline {
namespace {

constexpr long long most_pixels = 1LL << 30;  // as OpenCV has it: what claims to be larger is damaged, or an attack

/// Undoes the orientation that EXIF numbers so: mirrored and turned by quarters, in memory of `other`.
void turn(cv::Mat& picture, cv::Mat& other, int orientation) {
  constexpr int around_x = 0;
  constexpr int around_y = 1;
  constexpr int around_both = -1;
  if (orientation >= 5) {
    cv::transpose(picture, other);
    std::swap(picture, other);
  }
  if (orientation == 2 || orientation == 6) cv::flip(picture, picture, around_y);
  if (orientation == 3 || orientation == 7) cv::flip(picture, picture, around_both);
  if (orientation == 4 || orientation == 8) cv::flip(picture, picture, around_x);
}

/// The least part of each direction that has as many pixels as are used.
tjscalingfactor part_for(vision::Size picture, vision::Size network) {
  if (network == vision::Size{}) return {1, 1};
  // Turned by a quarter it may need more of them.
  const double used = std::max(vision::Letterbox::scale(picture, network),
                               vision::Letterbox::scale({picture.height, picture.width}, network));
  int part = 8;
  while (part > 1 && used * part > 1) part /= 2;
  return {1, part};
}

}  // namespace

void JpegDecoder::Destroy::operator()(void* handle) const noexcept {
  tjDestroy(handle);
}

bool JpegDecoder::decode(std::span<const unsigned char> jpeg, cv::Mat& picture, vision::Size network) {
  damage_.clear();
  if (!handle_) handle_.reset(tjInitDecompress());
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  if (!handle_ ||
      tjDecompressHeader3(handle_.get(), jpeg.data(), jpeg.size(), &width, &height, &subsampling, &colours) != 0)
    return false;
  if (colours == TJCS_CMYK || colours == TJCS_YCCK || 1LL * width * height > most_pixels) return false;
  const tjscalingfactor part = part_for({width, height}, network);
  picture.create(TJSCALED(height, part), TJSCALED(width, part), CV_8UC3);
  const int failed = tjDecompress2(handle_.get(), jpeg.data(), jpeg.size(), picture.data, picture.cols,
                                   static_cast<int>(picture.step), picture.rows, TJPF_BGR, 0);
  if (failed != 0) {
    if (tjGetErrorCode(handle_.get()) != TJERR_WARNING) return false;
    damage_ = tjGetErrorStr2(handle_.get());
  }
  const int orientation = exif_orientation(jpeg);
  turn(picture, turned_, orientation);
  size_ = orientation >= 5 ? vision::Size{height, width} : vision::Size{width, height};
  return true;
}

}  // namespace inferqueue::pipeline
