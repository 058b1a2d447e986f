// The machine-readable results of detection.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "pipeline/result.hpp"

namespace inferqueue::pipeline {

/// The number rounded for people's eyes: floats would print as 0.8869000077247620.
double rounded(double value, int digits);

/// [x1,y1,x2,y2], to hundredths of a pixel.
nlohmann::ordered_json to_json(const vision::Box& box);

/// {"class_id", "class_name", "score", "box": [x1,y1,x2,y2]}.
nlohmann::ordered_json to_json(const vision::Detection& detection, std::span<const std::string> labels);

/// {"source", "width", "height", "latency_ms", "detections": [as above]}; boxes in pixels of the source. A picture
/// that failed has "error" and no detections, one that is damaged and could be read "warning". A frame has "frame"
/// (from 1) and "time_s" behind its source.
nlohmann::ordered_json to_json(const PictureResult& result, std::span<const std::string> labels);

/// {"schema_version": 1, "model", "images": […]} in parts, an image on each line: a report of any length is written as
/// it comes. Thread rules: one thread at a time.
class ReportText {
 public:
  explicit ReportText(const std::filesystem::path& model);

  /// The next part, with one more image.
  std::string image(const nlohmann::ordered_json& image);
  /// The last part. Call it once, also where there was no image.
  std::string end();

 private:
  std::string head_;  // until it has been given out
  const char* separator_ = "";
};

/// The text of a JSON file. Bytes that are no UTF-8 (names of files may have any) become U+FFFD.
std::string to_text(const nlohmann::ordered_json& json);

/// YOLO's label file: a line "class x y width height" per detection, centre and size as fractions of the picture, with
/// `with_score` the score behind it.
std::string to_yolo_labels(const PictureResult& result, bool with_score);

/// Why a picture failed, which its source begins.
std::string failure(const PictureResult& result);

/// "2 circle, 1 star", in the order of the class ids, or "nothing".
std::string summary(std::span<const vision::Detection> detections, std::span<const std::string> labels);

}  // namespace inferqueue::pipeline
