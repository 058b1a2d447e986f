// JPEGs, which most pictures are, by libjpeg-turbo itself: OpenCV would take longer, and bring two hundred along.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <opencv2/core/mat.hpp>

#include "vision/detection.hpp"

namespace inferqueue::pipeline {

/// Decodes JPEGs to 8-bit BGR, value for value as cv::imdecode() does, and turns them as their EXIF says. Keeps its
/// working memory from call to call. Thread rules: one call at a time per object.
class JpegDecoder {
 public:
  /// False for what isn't its business (a CMYK picture, for instance) or can't be decoded at all. Writes into the
  /// memory of `picture` where it fits. Where a `network` size is given, only a half, a quarter or an eighth of the
  /// pixels of each direction is decoded, as long as those are no fewer than a letterbox of that size takes.
  bool decode(std::span<const unsigned char> jpeg, cv::Mat& picture, vision::Size network = {});
  /// Of the picture that was decoded last: as it is when it isn't reduced.
  vision::Size size() const noexcept { return size_; }
  /// What is wrong with the picture that was decoded last, in a few words; mostly empty.
  const std::string& damage() const noexcept { return damage_; }

 private:
  struct Destroy {
    void operator()(void* handle) const noexcept;
  };
  std::unique_ptr<void, Destroy> handle_;
  vision::Size size_;
  std::string damage_;
  cv::Mat turned_;
};

}  // namespace inferqueue::pipeline
