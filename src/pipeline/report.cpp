#include "pipeline/report.hpp"

#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "vision/labels.hpp"

namespace inferqueue::pipeline {
namespace {

/// Indented by so many blanks; in one line where negative.
std::string dumped(const nlohmann::ordered_json& json, int indent = -1) {
  return json.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

double milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

double rounded(double value, int digits) {
  const double scale = std::pow(10.0, digits);
  return std::round(value * scale) / scale;
}

nlohmann::ordered_json to_json(const vision::Box& box) {
  return {rounded(box.x1, 2), rounded(box.y1, 2), rounded(box.x2, 2), rounded(box.y2, 2)};
}

nlohmann::ordered_json to_json(const vision::Detection& detection, std::span<const std::string> labels) {
  return {{"class_id", detection.class_id},
          {"class_name", vision::class_name(labels, detection.class_id)},
          {"score", rounded(detection.score, 4)},
          {"box", to_json(detection.box)}};
}

nlohmann::ordered_json to_json(const PictureResult& result, std::span<const std::string> labels) {
  nlohmann::ordered_json json;
  json["source"] = result.source.string();
  if (result.frame.number > 0) {
    json["frame"] = result.frame.number;
    json["time_s"] = rounded(std::chrono::duration<double>(result.frame.time).count(), 3);
  }
  json["width"] = result.geometry.source.width;
  json["height"] = result.geometry.source.height;
  json["latency_ms"] = rounded(milliseconds(result.latency), 3);
  json["detections"] = nlohmann::ordered_json::array();
  for (const vision::Detection& found : result.detections) json["detections"].push_back(to_json(found, labels));
  if (!result.warning.empty()) json["warning"] = result.warning;
  if (!result.error.empty()) json["error"] = result.error;
  return json;
}

ReportText::ReportText(const std::filesystem::path& model)
    : head_(fmt::format(R"({{"schema_version": 1, "model": {}, "images": [)", dumped(model.string()))) {}

std::string ReportText::image(const nlohmann::ordered_json& image) {
  return std::exchange(head_, {}) + std::exchange(separator_, ",") + "\n" + dumped(image);
}

std::string ReportText::end() {
  return std::exchange(head_, {}) + "]}\n";
}

std::string to_text(const nlohmann::ordered_json& json) {
  return dumped(json, 1) + "\n";
}

std::string to_yolo_labels(const PictureResult& result, bool with_score) {
  const auto width = static_cast<double>(result.geometry.source.width);
  const auto height = static_cast<double>(result.geometry.source.height);
  std::string text;
  for (const vision::Detection& found : result.detections) {
    const vision::Box& box = found.box;
    text += fmt::format("{} {:.6g} {:.6g} {:.6g} {:.6g}", found.class_id, (box.x1 + box.x2) / 2 / width,
                        (box.y1 + box.y2) / 2 / height, (box.x2 - box.x1) / width, (box.y2 - box.y1) / height);
    if (with_score) text += fmt::format(" {:.6g}", found.score);
    text += '\n';
  }
  return text;
}

std::string failure(const PictureResult& result) {
  const std::string name = result.source.string();
  if (result.frame.number > 0) return fmt::format("{}: frame {}: {}", name, result.frame.number, result.error);
  return result.error.starts_with(name) ? result.error : fmt::format("{}: {}", name, result.error);
}

std::string summary(std::span<const vision::Detection> detections, std::span<const std::string> labels) {
  std::map<int, int> counts;
  for (const vision::Detection& found : detections) ++counts[found.class_id];
  std::string text;
  for (const auto& [class_id, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, vision::class_name(labels, class_id));
  return text.empty() ? "nothing" : text;
}

}  // namespace inferqueue::pipeline
