// What `inferqueue bench` is asked.
#pragma once

#include <cstdint>
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
  std::string api;
  std::string rate;
  std::string arrivals = "constant";
  std::optional<double> most_p99_ms;
  bool layers = false;
  double percentile = 50;
  std::string config;
  std::string dumped_config;
  std::string report_type = "no_counters";
  std::string report_folder;
  bool json_stats = false;
  JsonOption json;
  std::string csv;
  std::string trace;
  std::string html;

  void declare(CLI::App& app);
  /// Checks what was parsed. Throws base::OptionError that names the option.
  measure::ComparisonOptions check();
  measure::InputOptions input_options() const;
  /// Those that are named.
  std::vector<OutputOption> outputs() const;
  /// The files that --input and --load-config name.
  std::vector<std::string> input_files() const;
  /// A curve over the number of requests.
  bool is_curve() const { return requests.find(':') != std::string::npos; }
  /// Detection where there are pictures, or neither a model nor inputs are named; else inference alone.
  bool is_detection() const { return !detector.sources.empty() || (!is_model_named_ && inputs.empty()); }

 private:
  void declare_work(CLI::App& app);
  void declare_method(CLI::App& app);
  void declare_rate(CLI::App& app);
  void declare_output(CLI::App& app);
  void settle_modes();
  void settle_hint(measure::ComparisonOptions& comparison) const;
  void settle_report_folder();
  /// Makes the folder: the last of all that is checked.
  void make_report_folder() const;
  double seconds_of_a_round(const measure::ComparisonOptions& comparison) const;
  void check_work() const;
  void check_method() const;

  const CLI::App* app_ = nullptr;
  bool is_model_named_ = false;
};

}  // namespace inferqueue::cli
