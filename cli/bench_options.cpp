#include "cli/bench_options.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/user_error.hpp"
#include "cli/ranges.hpp"
#include "pipeline/jobs.hpp"

namespace inferqueue::cli {
namespace {

using base::OptionError;

/// What a bench takes in all where nobody says: with compiling, about a minute.
constexpr double default_seconds = 48;
constexpr double most_seconds = 3600;

measure::Mode mode_of(const std::string& name) {
  for (const measure::Mode mode : measure::all_modes)
    if (name == to_string(mode)) return mode;
  throw OptionError(fmt::format("--modes {}: unknown; use sync, two_requests, queue or inference", name));
}

void check_seconds(const char* option, double seconds) {
  if (!(seconds > 0 && seconds <= most_seconds))  // also refuses NaN
    throw OptionError(fmt::format("{} {}: give more than 0, at most {:.0f}", option, seconds, most_seconds));
}

/// "none" leaves the hint to the device.
std::string hint_of(const std::string& typed) {
  return base::lower_case(typed) == "none" ? std::string() : checked_hint(typed);
}

}  // namespace

void BenchOptions::declare(CLI::App& app) {
  app_ = &app;
  detector.model = "builtin:yolov5n";
  declare_work(app);
  declare_method(app);
  detector.declare_device(app);
  app.add_option("--nireq", requests, "infer requests in the queue; 0 is the device's choice; 1:16 measures each")
      ->capture_default_str()
      ->type_name("N")
      ->group("Device");
  app.add_option("--nthreads", threads, "threads of the inference; the device's choice if left out")
      ->type_name("N")
      ->group("Device");
  app.add_option("--hint", hints, "latency, throughput, cumulative_throughput, none")
      ->delimiter(',')
      ->capture_default_str()
      ->type_name("HINT")
      ->group("Device");
  json.declare(app);
  app.add_option("--csv", csv, "write a line for each run, or - for standard output")
      ->type_name("FILE")
      ->group("Output");
  app.add_option("--trace", trace, "write the last requests of each run for chrome://tracing and Perfetto")
      ->type_name("FILE")
      ->group("Output");
}

void BenchOptions::declare_work(CLI::App& app) {
  detector.declare_model(app);
  app.get_option("--model")->required(false)->description(
      "any model: OpenVINO IR (.xml), ONNX, the folder of an export, or builtin:NAME");
  detector.declare_sources(app, "pictures, folders or globs: measures detection, from letterbox to NMS");
  app.get_option("--source")->required(false);
  app.add_option("--input", inputs, "random, zeros, a .npy file or a picture, NAME=… for one input: inference alone")
      ->delimiter(',')
      ->type_name("WHAT");
  app.add_option("--shape", shape, "[1,3,640,640], or name[1,4],other[2] for several inputs")->type_name("SHAPE");
  app.add_option("-b,--batch", batch, "the first dimension of every input, items in one inference")->type_name("N");
  detector.declare_detection(app);
}

void BenchOptions::declare_method(CLI::App& app) {
  const std::string group = "Method";
  app.add_option("--modes", modes, "sync, two_requests, queue, inference (the queue without pictures)")
      ->delimiter(',')
      ->capture_default_str()
      ->type_name("MODE")
      ->group(group);
  app.add_option("--rounds", rounds, "how often each mode is measured")
      ->capture_default_str()
      ->type_name("N")
      ->group(group);
  app.add_option("-t,--time", time, "seconds for each mode and hint in all (what ends in about a minute)")
      ->type_name("S")
      ->group(group);
  app.add_option("--seconds", seconds, "the same, for each round")->type_name("S")->group(group);
  app.add_option("--niter", iterations, "inferences for each mode and hint in all, if that is sooner; 0 is no limit")
      ->type_name("N")
      ->group(group);
  app.add_option("--seed", seed, "of random inputs")->capture_default_str()->type_name("N")->group(group);
}

double BenchOptions::seconds_of_a_round(std::size_t cells) const {
  if (time && seconds) throw OptionError("--time, --seconds: give one of the two");
  if (time) check_seconds("--time", *time);
  if (seconds) check_seconds("--seconds", *seconds);
  if (seconds) return *seconds;
  return (time ? *time : default_seconds / static_cast<double>(cells)) / rounds;
}

void BenchOptions::check_work() const {
  if (detector.sources.empty()) {
    if (is_detection() && (!shape.empty() || batch)) throw OptionError("--shape, --batch: name a --model");
    return;
  }
  if (!inputs.empty()) throw OptionError("--input, --source: give one of the two: pictures are detected in");
  if (!shape.empty()) throw OptionError("--shape: is for inference alone; with --source give --imgsz");
  if (batch && *batch != 1) throw OptionError("--batch: is for inference alone; --source is measured with batch 1");
}

void BenchOptions::check_outputs() const {
  std::string there;
  for (const auto& [name, file] :
       {std::pair("--csv", &csv), std::pair("--json", &json.file), std::pair("--trace", &trace)}) {
    if (*file != "-") continue;
    if (!there.empty()) throw OptionError(fmt::format("{}, {}: only one can go to standard output", there, name));
    there = name;
  }
}

measure::ComparisonOptions BenchOptions::check() {
  is_model_named_ = app_->count("--model") > 0;
  detector.check();
  check_work();
  check_outputs();
  if (rounds < 1 || rounds > 1000000) throw OptionError(fmt::format("--rounds {}: give 1 or more", rounds));
  if (batch && (*batch < 1 || *batch > 65536)) throw OptionError(fmt::format("--batch {}: give 1 to 65536", *batch));
  if (iterations < 0) throw OptionError(fmt::format("--niter {}: give 0 (no limit) or more", iterations));
  measure::ComparisonOptions comparison;
  comparison.modes.clear();
  for (const std::string& mode : modes) comparison.modes.push_back(mode_of(mode));
  comparison.hints.clear();
  for (const std::string& hint : hints) comparison.hints.push_back(hint_of(hint));
  comparison.jobs = requests_of(requests);
  comparison.device = detector.device_options("");
  comparison.device.threads = threads;
  comparison.seed = seed;
  comparison.rounds = static_cast<std::size_t>(rounds);
  comparison.most_requests =
      static_cast<std::size_t>(std::ceil(static_cast<double>(iterations) / static_cast<double>(rounds)));
  comparison.seconds = seconds_of_a_round(comparison.modes.size() * comparison.hints.size() * comparison.jobs.size());
  return comparison;
}

measure::InputOptions BenchOptions::input_options() const {
  measure::InputOptions options;
  options.shapes = measure::parse_shapes(shape);
  if (batch) options.batch = static_cast<std::size_t>(*batch);
  if (!inputs.empty()) options.inputs = inputs;
  options.seed = seed;
  return options;
}

}  // namespace inferqueue::cli
