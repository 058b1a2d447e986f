// Shows people what a detector got wrong.
#pragma once

#include <span>
#include <string>

#include <opencv2/core/mat.hpp>

#include "accuracy/mistakes.hpp"

namespace inferqueue::accuracy {

/// Draws the objects that were found in blue, without a tag; those that were missed in yellow ("missed star"); false
/// finds in red ("false star 0.83"), a wrong class among them ("star 0.83, not circle"). `names` is as in
/// vision::class_name(). Throws as vision::draw(). Thread rules: one call at a time per picture.
void draw_mistakes(cv::Mat& bgr8, const Mistakes& mistakes, std::span<const std::string> names);

}  // namespace inferqueue::accuracy
