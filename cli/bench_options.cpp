#include "cli/bench_options.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <openvino/runtime/properties.hpp>

#include "base/text.hpp"
#include "base/user_error.hpp"
#include "cli/bench_config.hpp"
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

template <class T>
void add_once(std::vector<T>& list, T value, const char* option, const std::string& typed) {
  if (std::ranges::find(list, value) != list.end())
    throw OptionError(fmt::format("{} {}: is named twice", option, typed));
  list.push_back(std::move(value));
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
  app.add_option("--load-config", config, R"(the runtime's properties: {"CPU": {"NUM_STREAMS": "3"}})")
      ->type_name("FILE")
      ->group("Device");
  declare_output(app);
}

void BenchOptions::declare_output(CLI::App& app) {
  const std::string group = "Output";
  json.declare(app);
  app.add_option("--csv", csv, "write a line for each run, or - for standard output")->type_name("FILE")->group(group);
  app.add_option("--html", html, "write a page that shows it all: charts, latencies, a timeline; opens offline")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--trace", trace, "write the last requests of each run for chrome://tracing and Perfetto")
      ->type_name("FILE")
      ->group(group);
  app.add_flag("--pc", layers, "what each layer takes, the slowest first")->group(group);
  app.add_option("--latency-percentile", percentile, "that the table shows beside the others")
      ->capture_default_str()
      ->type_name("PERCENT")
      ->group(group);
  app.add_option("--dump-config", dumped_config, "write what --load-config takes, under the first hint")
      ->type_name("FILE")
      ->group(group);
  app.add_option("--report-folder", report_folder, "write benchmark_report.csv there")
      ->type_name("FOLDER")
      ->group(group);
  app.add_flag("--json-stats", json_stats, "benchmark_report.json instead")->group(group);
  app.add_option("--report-type", report_type, "no_counters; average_counters, detailed_counters as --pc")
      ->type_name("TYPE")
      ->group(group);
}

void BenchOptions::declare_rate(CLI::App& app) {
  const std::string group = "Method";
  app.add_option("--rate", rate, "an open loop of so many items/s; 100:500:50 finds the highest that holds")
      ->type_name("N")
      ->group(group);
  app.add_option("--arrivals", arrivals, "constant or poisson, of --rate")
      ->capture_default_str()
      ->type_name("KIND")
      ->group(group);
  app.add_option("--max-p99", most_p99_ms, "milliseconds that 99 % of the latencies may take for a rate to hold")
      ->type_name("MS")
      ->group(group);
}

void BenchOptions::declare_work(CLI::App& app) {
  detector.declare_model(app);
  app.get_option("--model")->required(false)->description(
      "any model: OpenVINO IR (.xml), ONNX, the folder of an export, or builtin:NAME");
  // Without the "-i" of other commands, which is benchmark_app's for --input.
  app.add_option("-s,--source", detector.sources,
                 "pictures, folders or globs: measures detection, from letterbox to NMS")
      ->type_name("SOURCE");
  app.add_option("--input", inputs, "random, zeros, a .npy file or a picture, NAME=… for one input: inference alone")
      ->delimiter(',')
      ->type_name("WHAT");
  app.add_option("--shape", shape, "[1,3,640,640], or name[1,4],other[2] for several inputs")->type_name("SHAPE");
  app.add_option("-b,--batch", batch, "the first dimension of every input, items in one inference")->type_name("N");
  detector.declare_detection(app);
}

void BenchOptions::declare_method(CLI::App& app) {
  const std::string group = "Method";
  app.add_option("--modes", modes,
                 "sync, two_requests, queue, inference (the queue, of one picture that stays in the inputs)")
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
  app.add_option("--niter", iterations,
                 "inferences for each mode and hint in all; with --time, what is sooner; 0 is no limit")
      ->type_name("N")
      ->group(group);
  app.add_option("--api", api, "sync or async: that mode alone")->type_name("API")->group(group);
  declare_rate(app);
  app.add_option("--seed", seed, "of random inputs")->capture_default_str()->type_name("N")->group(group);
}

double BenchOptions::seconds_of_a_round(const measure::ComparisonOptions& comparison) const {
  const auto of_rounds = [&](double in_all) { return in_all / static_cast<double>(comparison.rounds); };
  if (time && seconds) throw OptionError("--time, --seconds: give one of the two");
  if (time) check_seconds("--time", *time);
  if (seconds) check_seconds("--seconds", *seconds);
  if (seconds) return *seconds;
  if (time) return of_rounds(*time);
  if (iterations > 0) return most_seconds;  // as benchmark_app: they alone count
  return of_rounds(default_seconds / static_cast<double>(comparison.cells()));
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

/// --api names a mode; a curve and an open loop are of the queue.
void BenchOptions::settle_modes() {
  const bool are_named = app_->count("--modes") > 0;
  if (!api.empty()) {
    if (are_named) throw OptionError("--api, --modes: give one of the two");
    if (api != "sync" && api != "async") throw OptionError(fmt::format("--api {}: unknown; use sync or async", api));
    modes = {api == "sync" ? "sync" : "queue"};
  }
  if (!is_curve() && rate.empty()) return;
  const char* option = is_curve() ? "--nireq" : "--rate";
  if (is_curve() && !rate.empty()) throw OptionError("--rate: give --nireq one number");
  if (are_named || !api.empty()) {
    if (modes != std::vector<std::string>{"queue"})
      throw OptionError(fmt::format("{}: measures the queue; leave out the other modes", option));
  }
  modes = {"queue"};
  if (app_->count("--hint") == 0) hints = {"throughput"};
  if (hints.size() > 1) throw OptionError(fmt::format("{}: give one --hint", option));
}

void BenchOptions::settle_report_folder() {
  if (report_type != "no_counters" && report_type != "average_counters" && report_type != "detailed_counters")
    throw OptionError(
        fmt::format("--report-type {}: unknown; use no_counters, average_counters or detailed_counters", report_type));
  layers = layers || report_type != "no_counters";
  if (report_folder.empty()) {
    if (json_stats) throw OptionError("--json-stats: give a --report-folder");
    return;
  }
  std::string& file = json_stats ? json.file : csv;
  if (!file.empty())
    throw OptionError(fmt::format("--report-folder: {} names a file already", json_stats ? "--json" : "--csv"));
  file =
      (std::filesystem::path(report_folder) / (json_stats ? "benchmark_report.json" : "benchmark_report.csv")).string();
}

void BenchOptions::make_report_folder() const {
  if (report_folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(report_folder, error);
  if (error)
    throw base::UserError(fmt::format("--report-folder {}: can't be made: {}", report_folder, error.message()));
}

void BenchOptions::check_method() const {
  if (!(percentile > 0 && percentile <= 100))
    throw OptionError(fmt::format("--latency-percentile {}: give more than 0, at most 100", percentile));
  if (arrivals != "constant" && arrivals != "poisson")
    throw OptionError(fmt::format("--arrivals {}: unknown; use constant or poisson", arrivals));
  if (rate.empty() && app_->count("--arrivals") > 0) throw OptionError("--arrivals: give a --rate");
  if (most_p99_ms && (rate.empty() || !(*most_p99_ms > 0)))
    throw OptionError("--max-p99: give more than 0, and a --rate");
  if (rounds < 1 || rounds > 1000000) throw OptionError(fmt::format("--rounds {}: give 1 to 1000000", rounds));
  if (batch && (*batch < 1 || *batch > 65536)) throw OptionError(fmt::format("--batch {}: give 1 to 65536", *batch));
  if (iterations < 0) throw OptionError(fmt::format("--niter {}: give 0 (no limit) or more", iterations));
}

std::vector<std::string> BenchOptions::input_files() const {
  std::vector<std::string> files;
  for (const std::string& text : inputs) {
    std::string what = text.substr(text.find('=') + 1);  // all of it where it names no input
    if (what != "random" && what != "zeros") files.push_back(std::move(what));
  }
  if (!config.empty()) files.push_back(config);
  return files;
}

std::vector<OutputOption> BenchOptions::outputs() const {
  std::vector<OutputOption> named{
      {"--json", json.file}, {"--csv", csv}, {"--trace", trace}, {"--html", html}, {"--dump-config", dumped_config}};
  std::erase_if(named, [](const OutputOption& output) { return output.file.empty(); });
  return named;
}

/// The hint of --load-config is as good as --hint.
void BenchOptions::settle_hint(measure::ComparisonOptions& comparison) const {
  auto& properties = comparison.device.properties;
  const auto found = properties.find(ov::hint::performance_mode.name());
  if (found == properties.end()) return;
  if (app_->count("--hint") > 0)
    throw OptionError(fmt::format("--hint, --load-config: {} has a {} too; give one of the two", config, found->first));
  comparison.hints = {hint_of(found->second.as<std::string>())};
  properties.erase(found);
}

measure::ComparisonOptions BenchOptions::check() {
  is_model_named_ = app_->count("--model") > 0;
  detector.check();
  check_work();
  settle_modes();
  settle_report_folder();
  check_method();
  measure::ComparisonOptions comparison;
  comparison.modes.clear();
  for (const std::string& mode : modes) add_once(comparison.modes, mode_of(mode), "--modes", mode);
  comparison.hints.clear();
  for (const std::string& hint : hints) add_once(comparison.hints, hint_of(hint), "--hint", hint);
  comparison.jobs = requests_of(requests);
  comparison.device = detector.device_options("");
  comparison.device.threads = threads;
  load_config(config, comparison.device);
  settle_hint(comparison);
  comparison.rates = rates_of(rate);
  comparison.arrivals = arrivals == "poisson" ? measure::Arrivals::Kind::poisson : measure::Arrivals::Kind::constant;
  comparison.seed = seed;
  comparison.most_requests = static_cast<std::size_t>(iterations);
  comparison.rounds = static_cast<std::size_t>(iterations > 0 ? std::min<long long>(rounds, iterations) : rounds);
  comparison.seconds = seconds_of_a_round(comparison);
  make_report_folder();
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
