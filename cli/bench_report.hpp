// How a comparison is shown.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "measure/comparison.hpp"

namespace inferqueue::cli {

/// What was measured.
struct BenchSubject {
  std::string model;
  std::string device;
  std::size_t pictures;
};

/// A table, a bar chart, and in words what the queue gains. Every cell has at least one sample.
std::string comparison_text(const BenchSubject& subject, std::span<const measure::Cell> cells);

/// {"schema_version": 1, "model", "device", "pictures", "runs": [{"mode", "hint", "nireq", "images_per_s",
/// "images_per_s_min", "images_per_s_max", "cpu_s_per_image", "cpu_utilization"}]}; medians of the rounds.
nlohmann::ordered_json to_json(const BenchSubject& subject, std::span<const measure::Cell> cells);

}  // namespace inferqueue::cli
