// Shows people what a detector got wrong.
#pragma once

#include <span>
#include <string>

#include <opencv2/core/mat.hpp>

#include "accuracy/mistakes.hpp"

namespace inferqueue::accuracy {

/// A copy of the picture with the objects that were found in blue, without a tag; those that were missed in yellow
/// ("missed star"); false finds in red ("false star 0.83"), a wrong class among them ("star 0.83, not circle"). A small
/// picture is enlarged, to some 640 pixels, so that the tags don't hide it. `names` is as in vision::class_name().
/// Throws as vision::draw(). Thread rules: a pure function.
cv::Mat draw_mistakes(const cv::Mat& bgr8, const Mistakes& mistakes, std::span<const std::string> names);

}  // namespace inferqueue::accuracy
