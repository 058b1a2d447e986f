#include "pipeline/jpeg.hpp"

#include <utility>

#include <opencv2/core.hpp>
#include <turbojpeg.h>

#include "pipeline/exif.hpp"

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

}  // namespace

bool is_jpeg(std::span<const unsigned char> bytes) {
  return bytes.size() >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

void JpegDecoder::Destroy::operator()(void* handle) const noexcept {
  tjDestroy(handle);
}

bool JpegDecoder::decode(std::span<const unsigned char> jpeg, cv::Mat& picture) {
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
  picture.create(height, width, CV_8UC3);
  const int failed = tjDecompress2(handle_.get(), jpeg.data(), jpeg.size(), picture.data, width,
                                   static_cast<int>(picture.step), height, TJPF_BGR, 0);
  if (failed != 0) {
    if (tjGetErrorCode(handle_.get()) != TJERR_WARNING) return false;
    damage_ = tjGetErrorStr2(handle_.get());
  }
  turn(picture, turned_, exif_orientation(jpeg));
  return true;
}

}  // namespace inferqueue::pipeline
