// What `inferqueue bench` is asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/device_options.hpp"
#include "cli/output_options.hpp"
#include "measure/comparison.hpp"
#include "measure/inference_work.hpp"

namespace inferqueue::cli {

struct BenchOptions {
  DetectorOptions detector;
  std::vector<std::string> inputs;
  std::string shape;
  std::optional<long long> batch;
  std::vector<std::string> modes{"sync", "two_requests", "queue"};
  std::vector<std::string> hints{"latency", "throughput"};
  std::string requests = "0";
  std::optional<int> threads;
  int rounds = 6;
  std::optional<double> seconds;  // of a cell and round
  std::optional<double> time;     // of a cell in all
  long long iterations = 0;
  std::uint64_t seed = 1;
  JsonOption json;
  std::string csv;
  std::string trace;

  void declare(CLI::App& app);
  /// Checks what was parsed. Throws base::OptionError that names the option.
  measure::ComparisonOptions check();
  measure::InputOptions input_options() const;
  /// Detection where there are pictures, or neither a model nor inputs are named; else inference alone.
  bool is_detection() const { return !detector.sources.empty() || (!is_model_named_ && inputs.empty()); }

 private:
  void declare_work(CLI::App& app);
  void declare_method(CLI::App& app);
  double seconds_of_a_round(std::size_t cells) const;
  void check_work() const;
  void check_outputs() const;

  const CLI::App* app_ = nullptr;
  bool is_model_named_ = false;
};

}  // namespace inferqueue::cli
