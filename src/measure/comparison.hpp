// The three modes under several hints, measured in turn so that a machine that drifts favours none.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "measure/detection_work.hpp"
#include "measure/statistics.hpp"
#include "pipeline/detector.hpp"

namespace inferqueue::measure {

struct ComparisonOptions {
  std::vector<Mode> modes{Mode::sync, Mode::two_requests, Mode::queue};
  std::vector<std::string> hints{"LATENCY", "THROUGHPUT"};
  pipeline::DeviceOptions device;  ///< its hint is not used
  vision::PostprocessOptions postprocess;
  std::size_t jobs = 0;  ///< of the queue
  std::size_t rounds = 5;
  double seconds = 1;  ///< for each mode, hint and round
};

/// One mode under one hint.
struct Cell {
  Mode mode = Mode::sync;
  std::string hint;
  std::size_t requests = 0;
  std::vector<Sample> samples;  ///< one a round

  std::vector<double> images_per_s() const;
  Spread rate() const;
  double cpu_s_per_image() const;
  /// Of all processors that the process may use, 0..1.
  double cpu_utilization() const;
};

/// How two cells compare, round by round.
struct Verdict {
  Spread ratio;
  /// False if the ratio lies on both sides of 1 in different rounds, or there was only one.
  bool beyond_noise = false;
};
Verdict compare_rates(const Cell& a, const Cell& b);

/// The best cell of a mode, by its median rate; nullptr if there is none.
const Cell* best_of(std::span<const Cell> cells, Mode mode);
const Cell* find(std::span<const Cell> cells, Mode mode, const std::string& hint);

/// Compiles the model once a hint and measures every mode under every hint in each round, the order turned round from
/// round to round. `progress` hears the share that is done, 0..1. After a stop request it returns the whole rounds that
/// were measured; with none, cells without samples.
std::vector<Cell> compare(ov::Core& core, const pipeline::DetectorModel& model, std::span<const cv::Mat> pictures,
                          const ComparisonOptions& options, const std::function<void(double)>& progress,
                          std::stop_token stop);

}  // namespace inferqueue::measure
