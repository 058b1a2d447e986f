// Modes under several hints, numbers of requests and rates, measured in turn so that a machine that drifts favours
// none.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <openvino/runtime/core.hpp>

#include "measure/runner.hpp"
#include "measure/statistics.hpp"
#include "pipeline/detector.hpp"

namespace inferqueue::measure {

struct ComparisonOptions {
  std::vector<Mode> modes{Mode::sync, Mode::two_requests, Mode::queue};
  std::vector<std::string> hints{"LATENCY", "THROUGHPUT"};  ///< an empty one: no hint
  std::vector<std::size_t> jobs{0};                         ///< of the queue; each is measured
  std::vector<double> rates;                                ///< of an open loop, items/s; none: a closed loop
  Arrivals::Kind arrivals = Arrivals::Kind::constant;
  std::uint64_t seed = 1;
  pipeline::DeviceOptions device;  ///< its hint is not used
  std::size_t rounds = 6;
  double seconds = 1;             ///< for each cell and round
  std::size_t most_requests = 0;  ///< for each cell, in all rounds, a round's share no less than 1; 0: only time counts

  /// How many cells a round has.
  std::size_t cells() const {
    return modes.size() * hints.size() * jobs.size() * std::max<std::size_t>(1, rates.size());
  }
};

/// One mode under one hint, with one number of requests at one rate.
struct Cell {
  Mode mode = Mode::sync;
  std::string hint;
  std::optional<double> rate;
  std::size_t requests = 0;
  std::size_t streams = 0;  ///< what the device runs side by side; 0 where it doesn't tell
  std::size_t batch = 1;
  double processors = 1;        ///< that the process may use: machine::CpuLimits::cpus()
  int usable = 1;               ///< that it may run on, whatever a quota says
  std::vector<Sample> samples;  ///< one a round
  std::shared_ptr<Recording> recording = std::make_shared<Recording>();
  std::string first_failure;
  std::string precision;                      ///< that the device computes in: pipeline::inference_precision()
  std::vector<double> service_estimates_s{};  // NOLINT(readability-redundant-member-init): one a round

  std::vector<double> items_per_s() const;
  /// The median of the rounds' estimate_service_s(); 0 if no round has one.
  double service_estimate_s() const;
  Spread throughput() const;
  double cpu_s_per_item() const;
  /// Of the processors that the process may use, 0..1; of a quota, where that allows less.
  double cpu_utilization() const;
  /// What others took of the processors that the process may run on meanwhile, 0..1. Nothing where that isn't known,
  /// or less than half a second was measured: the system counts in steps of 10 ms.
  std::optional<double> others_utilization() const;
  std::size_t failures() const;
  std::size_t unsent() const;
};

/// What it took to get a model ready under one hint.
struct Preparation {
  std::string hint;
  double compile_s = 0;
  std::optional<double> first_inference_s;  ///< nothing if it failed
};

struct Measured {
  std::vector<Cell> cells;  ///< those with a sample at least
  std::vector<Preparation> preparations;
  std::size_t rounds = 0;  ///< that are whole
};

/// How two cells compare, round by round.
struct Gain {
  Spread ratio;
  bool is_known = false;  ///< whether there were enough rounds to tell
  bool beyond_noise = false;
};
/// Nothing where a round of one of them brought no item, because all its inferences failed: then there is no ratio.
std::optional<Gain> compare_rates(const Cell& a, const Cell& b);

/// The best cell of a mode, by its median rate; nullptr if there is none.
const Cell* best_of(std::span<const Cell> cells, Mode mode);
const Cell* find(std::span<const Cell> cells, Mode mode, const std::string& hint);

/// Compiles the model once a hint and measures every cell in each round, the order turned round from round to round.
/// `progress` hears the share that is done, 0..1. After a stop request it returns the whole rounds that were measured,
/// and nothing of the one that was cut short; of the first round, whatever cells were, the last of them cut short.
Measured compare(ov::Core& core, Work& work, const ComparisonOptions& options,
                 const std::function<void(double)>& progress, std::stop_token stop);

}  // namespace inferqueue::measure
