// Draws boxes into a picture.
#pragma once

#include <span>
#include <string>

#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

#include "vision/detection.hpp"

namespace inferqueue::vision {

/// A box to be drawn. Thread rules: a plain value.
struct Mark {
  Box box;
  cv::Scalar color;  ///< BGR 0..255
  std::string text;  ///< of its tag; no tag where empty
};

/// Draws each box and its tag, the first one on top. Lines and text scale with the picture. A tag lies above its box,
/// or as near to that as the picture's edges let it; only one that is larger than the picture is cut off. Boxes are
/// clipped to the picture; those outside it or with a NaN are left out. Characters beyond ASCII show as "?". Throws
/// std::invalid_argument if the picture is empty or isn't CV_8UC3. Thread rules: one call at a time per picture.
void draw_marks(cv::Mat& bgr8, std::span<const Mark> marks);

/// Draws each detection as draw_marks() does, in the colour of its class, with a tag of its class name and score.
/// `names` is as in class_name(). Throws likewise. Thread rules: one call at a time per picture.
void draw(cv::Mat& bgr8, std::span<const Detection> detections, std::span<const std::string> names);

/// The colour that a class is drawn in, BGR 0..255. Thread rules: a pure function.
cv::Scalar class_color(int class_id);

}  // namespace inferqueue::vision
