// How the accuracy of a model is shown.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "accuracy/evaluation.hpp"
#include "accuracy/mistakes.hpp"
#include "vision/postprocess.hpp"

namespace inferqueue::cli {

/// What was measured, and how.
struct ValSubject {
  std::string model;
  std::string data;
  std::string device;
  std::string precision;  ///< that the device computed in
  vision::PostprocessOptions postprocess;
  float pr_conf = 0;             ///< the confidence that precision and recall are taken at
  std::size_t pictures = 0;      ///< in the data set
  std::size_t failed = 0;        ///< of them, that couldn't be read
  std::size_t without_file = 0;  ///< of them, that have no label file
  bool interrupted = false;
  std::vector<std::string> labels;
};

/// A picture in which something went wrong.
struct BadPicture {
  std::size_t index = 0;  ///< its place among the pictures
  std::filesystem::path source;
  std::filesystem::path annotated;
  accuracy::Mistakes mistakes;
};

/// A table, a line a class and one for all. Classes that are neither there nor found are left out.
std::string accuracy_text(const ValSubject& subject, const accuracy::Evaluation::Result& result);

/// "3 mistakes: 1 missed (star), 2 false (circle, heart)".
std::string summary(const accuracy::Mistakes& mistakes, std::span<const std::string> labels);

/// {"schema_version": 1, "model", "data", …, "all": {"pictures", "instances", "precision", "recall", "ap50",
/// "ap50_95", "ap": [at IoU 0.50, 0.55 … 0.95]}, "classes": [the same with "class_id" and "class_name"], "worst":
/// [{"source", "annotated", "missed", "confused", "false"}]}. A figure that nothing was measured for is null.
nlohmann::ordered_json to_json(const ValSubject& subject, const accuracy::Evaluation::Result& result,
                               std::span<const BadPicture> worst);

}  // namespace inferqueue::cli
