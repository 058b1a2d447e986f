// How a comparison is shown.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "machine/cpu_limits.hpp"
#include "machine/memory.hpp"
#include "measure/comparison.hpp"
#include "measure/layers.hpp"
#include "measure/sweep.hpp"
#include "measure/verdict.hpp"

namespace inferqueue::cli {

struct BenchInput {
  std::string name;
  std::string shape;
  std::string type;
};

/// What was measured, where, and what came of it.
struct BenchReport {
  std::string model;  ///< as it was typed
  std::string device;
  bool is_detection = false;
  std::size_t pictures = 0;  ///< of a detection
  std::vector<BenchInput> inputs;
  measure::ComparisonOptions method;
  measure::Measured measured;
  machine::CpuLimits limits;
  machine::MemoryUse memory;
  bool is_curve = false;               ///< the cells are numbers of requests
  std::optional<double> most_p99_us;   ///< of an open loop
  double percentile = 50;              ///< that the table of latencies shows
  std::optional<int> capped_threads;   ///< for the container's quota
  std::vector<measure::Layer> layers;  ///< empty where nobody asked
};

/// "inference" for a report: the name of what an item is, in the plural.
const char* items_of(const BenchReport& report);
/// "LATENCY", or "none".
std::string hint_text(const std::string& hint);

/// The modes that are compared: the first with the second.
struct ModePair {
  measure::Mode better;
  measure::Mode base;
};
inline constexpr std::array<ModePair, 3> compared_modes{{{measure::Mode::two_requests, measure::Mode::sync},
                                                         {measure::Mode::queue, measure::Mode::two_requests},
                                                         {measure::Mode::queue, measure::Mode::sync}}};
/// Each hint that was measured, once, in order.
std::vector<std::string> hints_of(std::span<const measure::Cell> cells);

/// What limits the best cell of the queue, or of whatever was measured. Nothing where that has no meaning: an open loop
/// leaves the device idle on purpose, and failures are no work.
std::optional<measure::Verdict> verdict_of(const BenchReport& report);

/// Which cell of a curve is its knee.
std::size_t knee_index(const BenchReport& report);

/// A table, a bar chart, what the queue gains in words, latencies. Every cell has at least one sample.
std::string report_text(const BenchReport& report);

}  // namespace inferqueue::cli
