#include "accuracy/draw_mistakes.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <opencv2/core/types.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/draw.hpp"
#include "vision/labels.hpp"

namespace inferqueue::accuracy {
namespace {

int enlargement(cv::Size picture) {
  constexpr double wanted = 640;
  const int longest = std::max(picture.width, picture.height);
  return longest > 0 ? static_cast<int>(std::lround(wanted / longest)) : 1;
}

vision::Box enlarged(const vision::Box& box, float times) {
  return {.x1 = box.x1 * times, .y1 = box.y1 * times, .x2 = box.x2 * times, .y2 = box.y2 * times};
}

}  // namespace

cv::Mat draw_mistakes(const cv::Mat& bgr8, const Mistakes& mistakes, std::span<const std::string> names) {
  // Blue, yellow and red that people who can't tell red from green tell apart.
  const cv::Scalar blue(230, 160, 60);
  const cv::Scalar yellow(60, 220, 255);
  const cv::Scalar red(40, 40, 220);
  const auto name = [&](int class_id) { return vision::class_name(names, class_id); };
  std::vector<vision::Mark> marks;  // the first on top
  marks.reserve(mistakes.count() + mistakes.confused.size() + mistakes.found.size());
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

  cv::Mat picture = bgr8.clone();
  if (const int times = enlargement(bgr8.size()); times > 1) {
    cv::resize(bgr8, picture, {}, times, times, cv::INTER_NEAREST);
    for (vision::Mark& mark : marks) mark.box = enlarged(mark.box, static_cast<float>(times));
  }
  vision::draw_marks(picture, marks);
  return picture;
}

}  // namespace inferqueue::accuracy
