// Fits a picture of any size into a network's input, and carries boxes back.
#pragma once

#include <cstdint>
#include <span>

#include <hwy/base.h>
#include <opencv2/core/mat.hpp>

#include "vision/detection.hpp"
#include "vision/resample.hpp"

namespace inferqueue::vision {

/// Where a picture lies in the network's input: network = source * scale + pad. Thread rules: a plain value.
struct Geometry {
  float scale = 1;  ///< network pixels per source pixel, for both axes
  float pad_x = 0;  ///< network pixels left of the picture; a half where the padding to the right has one pixel more
  float pad_y = 0;  ///< likewise, above it
  Size source;

  /// A box in network pixels, in source pixels and clipped to the picture.
  Box to_source(const Box& network) const;
};

/// Writes pictures into a network's input as YOLOv5's letterbox does: as large as they fit with their aspect kept
/// (small ones are enlarged), bilinearly resized, centred on grey (114), RGB. The values are those of cv::resize with
/// INTER_LINEAR, to the last bit.
///
/// An object keeps its scratch memory from call to call; it allocates only for sizes that are new to it.
/// Thread rules: one call at a time per object, on the calling thread alone.
class Letterbox {
 public:
  /// Fills `planes`, all of it whatever it held before: [3, network.height, network.width], RGB, row by row.
  /// The picture is CV_8UC3 in BGR order (see to_bgr8) and may be a view into another. Throws std::invalid_argument for
  /// an empty picture, another type, an empty network size, or planes of another length.
  ///
  /// Where the picture is a reduced copy of another, `source` is the size of that one: it lies in the input, and its
  /// boxes come back, as if it had been given itself.
  Geometry apply(const cv::Mat& bgr8, std::span<std::uint8_t> planes, Size network, Size source = {});
  /// The same as pixels [network.height, network.width, 3] of shares of 255, rounded to bf16 (see bf16.hpp).
  Geometry apply(const cv::Mat& bgr8, std::span<hwy::bfloat16_t> pixels, Size network, Size source = {});

  /// How much a picture of this size is resized: network pixels per source pixel.
  static double scale(Size source, Size network);

 private:
  Resample resample_;
};

/// The picture as CV_8UC3 in BGR order: grey is spread over the channels, alpha dropped, 16 bits scaled to 8
/// (65535 becomes 255). A picture that is so already is returned as it is, sharing its pixels. Throws
/// std::invalid_argument for an empty picture and for other types. Thread rules: a pure function.
cv::Mat to_bgr8(const cv::Mat& picture);

}  // namespace inferqueue::vision
