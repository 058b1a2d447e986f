#include "cli/bench_command.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <opencv2/core.hpp>

#include "base/user_error.hpp"
#include "cli/bench_options.hpp"
#include "cli/bench_outputs.hpp"
#include "cli/bench_report.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "devices/brief.hpp"
#include "measure/detection_work.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/sources.hpp"

namespace inferqueue::cli {
namespace {

using base::UserError;

/// Decoded pictures are held in memory; beyond this many another one tells nothing new.
constexpr std::size_t most_pictures = 64;

/// What is detected in where nobody names pictures.
std::vector<cv::Mat> made_up_pictures(std::uint64_t seed) {
  cv::RNG random(seed);
  std::vector<cv::Mat> pictures(2);
  for (cv::Mat& picture : pictures) {
    picture.create(720, 1280, CV_8UC3);
    random.fill(picture, cv::RNG::UNIFORM, 0, 256);
  }
  return pictures;
}

/// A work with what it refers to.
struct Detection {
  std::vector<cv::Mat> pictures;
  pipeline::DetectorModel model;
  measure::DetectionWork work;

  Detection(std::vector<cv::Mat> pictures_, pipeline::DetectorModel model_, const vision::PostprocessOptions& options)
      : pictures(std::move(pictures_)), model(std::move(model_)), work(model, pictures, options) {}
};

std::vector<BenchInput> inputs_of(const ov::Model& model) {
  std::vector<BenchInput> inputs;
  for (const auto& input : model.inputs())
    inputs.push_back(
        {measure::input_name(input), input.get_partial_shape().to_string(), input.get_element_type().get_type_name()});
  return inputs;
}

class BenchCommand final : public Command {
 public:
  explicit BenchCommand(CLI::App& parent)
      : app_(*parent.add_subcommand("bench", "Compare one request, two requests and the queue on the same work")) {
    app_.footer(
        "Over --source: letterbox, inference and NMS of pictures in memory. Else inference alone, of any model. The\n"
        "modes are measured in turn, round by round, so that a machine that drifts favours none. docs/bench.md says "
        "how\n"
        "to read the report.");
    options_.declare(app_);
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    measure::ComparisonOptions method = options_.check();
    const auto limits = machine::cpu_limits();
    const auto capped = measure::capped_threads(limits, method.device);
    if (capped) method.device.threads = capped;
    BenchOutputs outputs(options_);
    for (const std::string& file : options_.input_files()) outputs.check_are_not(file, "an input");
    std::vector<cv::Mat> pictures;
    if (options_.is_detection()) {
      pictures = options_.detector.sources.empty() ? made_up_pictures(options_.seed) : read_pictures(outputs);
      if (pictures.empty()) return exit_failed;
    }
    ov::Core core;
    load(core, std::move(pictures));
    outputs.check_are_not_model(work().model_name());
    constexpr auto line_every = std::chrono::seconds(10);
    Progress progress(line_every);
    BenchReport report = describe(method);
    report.limits = limits;
    report.capped_threads = capped;
    report.measured = compare(core, work(), method, [&](double share) { progress.show(share, "measuring"); }, stop);
    progress.clear();
    if (report.measured.cells.empty()) {
      say("interrupted before anything was measured");
      return exit_interrupted;
    }
    if (options_.layers && !stop.stop_requested()) add_layers(core, report);
    return show(report, outputs, stop.stop_requested());
  }

 private:
  measure::Work& work() { return detection_ ? static_cast<measure::Work&>(detection_->work) : *inference_; }

  void load(ov::Core& core, std::vector<cv::Mat> pictures) {
    const DetectorOptions& detector = options_.detector;
    if (options_.is_detection())
      detection_ = std::make_unique<Detection>(
          std::move(pictures), pipeline::load_model(core, detector.model, detector.network_size(), detector.head),
          detector.postprocess);
    else
      inference_ = std::make_unique<measure::InferenceWork>(core, detector.model, options_.input_options());
  }

  BenchReport describe(const measure::ComparisonOptions& method) {
    BenchReport report;
    report.model = options_.detector.model;
    report.device = options_.detector.device;
    report.is_detection = detection_ != nullptr;
    if (detection_) report.pictures = detection_->pictures.size();
    report.inputs = inputs_of(*work().graph());
    report.method = method;
    report.is_curve = options_.is_curve();
    report.percentile = options_.percentile;
    if (options_.most_p99_ms) report.most_p99_us = *options_.most_p99_ms * 1e3;
    return report;
  }

  /// A model whose inferences fail has none; the report says how many did.
  void add_layers(ov::Core& core, BenchReport& report) {
    pipeline::DeviceOptions device = report.method.device;
    device.hint = report.method.hints.front();
    try {
      report.layers = measure::profile(core, work(), device);
    } catch (const std::exception& error) {
      say(fmt::format("--pc: {}", devices::brief(error)));
    }
  }

  int show(BenchReport& report, BenchOutputs& outputs, bool is_interrupted) const {
    report.memory = machine::memory_use();
    std::FILE* const lines = outputs.take_standard_output() ? stderr : stdout;
    put(lines, report_text(report));
    outputs.write(report);
    if (!options_.html.empty() && options_.html != "-")
      put(lines, fmt::format("\n{} shows it: open it in a browser\n", printable(options_.html)));
    std::size_t failures = 0;
    for (const measure::Cell& cell : report.measured.cells) failures += cell.failures();
    if (failures > 0) say(fmt::format("{} inference{} failed", failures, failures == 1 ? "" : "s"));
    if (is_interrupted) return exit_interrupted;
    return failures > 0 ? exit_failed : exit_ok;
  }

  /// Says why a source or picture can't be used.
  std::vector<cv::Mat> read_pictures(const BenchOutputs& outputs) const {
    const pipeline::Sources sources = pipeline::expand_sources(options_.detector.sources);
    for (const std::string& problem : sources.problems) say(problem);
    outputs.check_are_none_of(sources.pictures);
    std::vector<cv::Mat> pictures;
    pipeline::PictureReader reader;
    for (const auto& path : sources.pictures) {
      if (pictures.size() == most_pictures) {
        say(fmt::format("only the first {} pictures are used", most_pictures));
        break;
      }
      try {
        pictures.push_back(reader.read(path));
        if (!reader.warning().empty()) say(reader.warning());
      } catch (const UserError& error) {
        say(error.what());
      }
    }
    return pictures;
  }

  CLI::App& app_;
  BenchOptions options_;
  std::unique_ptr<Detection> detection_;
  std::unique_ptr<measure::InferenceWork> inference_;
};

}  // namespace

std::unique_ptr<Command> make_bench_command(CLI::App& app) {
  return std::make_unique<BenchCommand>(app);
}

}  // namespace inferqueue::cli
