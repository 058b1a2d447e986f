#include "vision/draw.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "vision/labels.hpp"

namespace inferqueue::vision {
namespace {

constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;

// Sizes in pixels, from the picture's.
struct Style {
  explicit Style(cv::Size picture) {
    const double side = (picture.width + picture.height) / 2.0;
    line = std::max(1, static_cast<int>(std::lrint(side * 0.003)));
    text_line = std::max(1, static_cast<int>(std::lrint(side * 0.0015)));
    font_scale = std::max(0.35, side * 0.0006);
    margin = std::max(2, line);
  }

  int line;
  int text_line;
  double font_scale;
  int margin;
};

// The part of a box within the picture, in whole pixels; nothing if there is none or a corner is NaN.
std::optional<cv::Rect> visible(const Box& box, cv::Size picture) {
  const auto right = static_cast<float>(picture.width - 1);
  const auto bottom = static_cast<float>(picture.height - 1);
  const bool inside = box.x1 <= right && box.y1 <= bottom && box.x2 >= 0 && box.y2 >= 0;  // false for NaN
  if (!inside || !(box.x1 <= box.x2) || !(box.y1 <= box.y2)) return std::nullopt;
  const auto pixel = [](float value, float limit) {
    return static_cast<int>(std::lrint(std::clamp(value, 0.F, limit)));
  };
  const cv::Point upper_left(pixel(box.x1, right), pixel(box.y1, bottom));
  const cv::Point lower_right(pixel(box.x2, right), pixel(box.y2, bottom));
  return cv::Rect(upper_left, lower_right + cv::Point(1, 1));
}

cv::Scalar text_color(const cv::Scalar& background) {
  const double luma = 0.114 * background[0] + 0.587 * background[1] + 0.299 * background[2];
  return luma > 140 ? cv::Scalar::all(0) : cv::Scalar::all(255);
}

void draw_tag(cv::Mat& picture, const cv::Rect& box, const std::string& text, const cv::Scalar& color,
              const Style& style) {
  int baseline = 0;
  const cv::Size size = cv::getTextSize(text, kFont, style.font_scale, style.text_line, &baseline);
  const int width = size.width + 2 * style.margin;
  const int height = size.height + baseline + 2 * style.margin;
  const int outer = style.line / 2;  // half of the box's line lies outside of it
  const int left = std::clamp(box.x - outer, 0, std::max(0, picture.cols - width));
  const int top = std::clamp(box.y - outer - height, 0, std::max(0, picture.rows - height));
  cv::rectangle(picture, cv::Rect(left, top, width, height), color, cv::FILLED);
  const cv::Point origin(left + style.margin, top + style.margin + size.height);
  cv::putText(picture, text, origin, kFont, style.font_scale, text_color(color), style.text_line, cv::LINE_AA);
}

}  // namespace

void draw_marks(cv::Mat& bgr8, std::span<const Mark> marks) {
  if (bgr8.empty() || bgr8.dims != 2 || bgr8.type() != CV_8UC3) {
    throw std::invalid_argument("draw: the picture is empty or isn't 8-bit BGR");
  }
  const Style style(bgr8.size());
  for (const Mark& mark : std::views::reverse(marks)) {
    const auto box = visible(mark.box, bgr8.size());
    if (!box) continue;
    cv::rectangle(bgr8, *box, mark.color, style.line);
    if (!mark.text.empty()) draw_tag(bgr8, *box, mark.text, mark.color, style);
  }
}

void draw(cv::Mat& bgr8, std::span<const Detection> detections, std::span<const std::string> names) {
  std::vector<Mark> marks;
  marks.reserve(detections.size());
  for (const Detection& detection : detections) {
    marks.push_back({detection.box, class_color(detection.class_id),
                     fmt::format("{} {:.2f}", class_name(names, detection.class_id), detection.score)});
  }
  draw_marks(bgr8, marks);
}

cv::Scalar class_color(int class_id) {
  // Hues a golden angle apart, so that neighbouring classes differ most; every dozen classes another brightness, where
  // hues begin to come near each other.
  constexpr double kGoldenRatio = 0.618033988749895;
  constexpr std::array<std::array<double, 2>, 3> kShades{{{0.85, 1.0}, {0.55, 1.0}, {1.0, 0.65}}};  // saturation, value
  const int index = std::max(0, class_id);
  const double hue = 6 * std::fmod(0.05 + index * kGoldenRatio, 1.0);
  const auto [saturation, value] = kShades[static_cast<std::size_t>(index / 12) % kShades.size()];
  const auto channel = [&](double offset) {
    const double distance = std::fmod(hue + offset, 6.0);
    const double ramp = std::clamp(std::min(distance, 4 - distance), 0.0, 1.0);
    return std::round(255 * value * (1 - saturation * ramp));
  };
  return {channel(1), channel(3), channel(5)};
}

}  // namespace inferqueue::vision
