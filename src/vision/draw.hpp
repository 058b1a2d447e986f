// Draws detections into a picture.
#pragma once

#include <span>
#include <string>

#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

#include "vision/detection.hpp"

namespace inferqueue::vision {

/// Draws each detection's box and a tag with its class name and score, the first one on top. Lines and text scale with
/// the picture. A tag lies above its box, or as near to that as the picture's edges let it; only one that is larger
/// than the picture is cut off. Boxes are clipped to the picture; those outside it or with a NaN are left out. `names`
/// is as in class_name(); characters beyond ASCII show as "?". Throws std::invalid_argument if the picture is empty or
/// isn't CV_8UC3. Thread rules: one call at a time per picture.
void draw(cv::Mat& bgr8, std::span<const Detection> detections, std::span<const std::string> names);

/// The colour that a class is drawn in, BGR 0..255. Thread rules: a pure function.
cv::Scalar class_color(int class_id);

}  // namespace inferqueue::vision
