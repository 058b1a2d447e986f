#include "accuracy/draw_mistakes.hpp"

#include <vector>

#include <fmt/format.h>
#include <opencv2/core/types.hpp>

#include "vision/draw.hpp"
#include "vision/labels.hpp"

namespace inferqueue::accuracy {

void draw_mistakes(cv::Mat& bgr8, const Mistakes& mistakes, std::span<const std::string> names) {
  // Blue, yellow and red that people who can't tell red from green tell apart.
  const cv::Scalar blue(230, 160, 60);
  const cv::Scalar yellow(60, 220, 255);
  const cv::Scalar red(40, 40, 220);
  const auto name = [&](int class_id) { return vision::class_name(names, class_id); };
  std::vector<vision::Mark> marks;  // the first on top
  for (const auto& [detection, object] : mistakes.confused)
    marks.push_back(
        {detection.box, red,
         fmt::format("{} {:.2f}, not {}", name(detection.class_id), detection.score, name(object.class_id))});
  for (const vision::Detection& detection : mistakes.false_finds)
    marks.push_back({detection.box, red, fmt::format("false {} {:.2f}", name(detection.class_id), detection.score)});
  for (const Truth& object : mistakes.missed)
    marks.push_back({object.box, yellow, fmt::format("missed {}", name(object.class_id))});
  for (const auto& [detection, object] : mistakes.confused) marks.push_back({object.box, blue, {}});
  for (const Truth& object : mistakes.found) marks.push_back({object.box, blue, {}});
  vision::draw_marks(bgr8, marks);
}

}  // namespace inferqueue::accuracy
