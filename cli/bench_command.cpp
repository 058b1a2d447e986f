#include "cli/bench_command.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/user_error.hpp"
#include "cli/bench_report.hpp"
#include "cli/device_options.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/output_options.hpp"
#include "cli/progress.hpp"
#include "devices/names.hpp"
#include "measure/comparison.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/report.hpp"
#include "pipeline/sources.hpp"

namespace inferqueue::cli {
namespace {

using base::OptionError;
using base::UserError;

/// Decoded pictures are held in memory; beyond this many another one tells nothing new.
constexpr std::size_t most_pictures = 64;

struct BenchOptions {
  DetectorOptions detector;
  std::vector<std::string> modes{"sync", "two_requests", "queue"};
  std::vector<std::string> hints{"latency", "throughput"};
  int rounds = 5;
  double seconds = 1;
  JsonOption json;
};

measure::Mode mode_of(const std::string& name) {
  for (const measure::Mode mode :
       {measure::Mode::sync, measure::Mode::two_requests, measure::Mode::queue, measure::Mode::inference})
    if (name == to_string(mode)) return mode;
  throw OptionError(fmt::format("--modes {}: unknown; use sync, two_requests, queue or inference", name));
}

class BenchCommand final : public Command {
 public:
  explicit BenchCommand(CLI::App& parent)
      : app_(*parent.add_subcommand("bench", "Compare one request, two requests and the queue on the same work")) {
    app_.footer(
        "Letterbox, inference and NMS over pictures in memory. The modes are measured in turn, round by round, so that "
        "a\nmachine that drifts favours none.");
    options_.detector.declare(app_);
    app_.add_option("--modes", options_.modes, "sync, two_requests, queue, inference (the queue without pictures)")
        ->delimiter(',')
        ->capture_default_str()
        ->type_name("MODE");
    app_.add_option("--hint", options_.hints, "latency, throughput, cumulative_throughput")
        ->delimiter(',')
        ->capture_default_str()
        ->type_name("HINT")
        ->group("Device");
    app_.add_option("--rounds", options_.rounds, "how often each mode is measured")
        ->capture_default_str()
        ->type_name("N");
    app_.add_option("--seconds", options_.seconds, "for each mode, hint and round")
        ->capture_default_str()
        ->type_name("S");
    options_.json.declare(app_);
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    const measure::ComparisonOptions comparison = checked();
    const std::vector<cv::Mat> pictures = read_pictures();
    if (pictures.empty()) return exit_failed;
    JsonOutput json(options_.json.file);
    ov::Core core;
    const pipeline::DetectorModel model =
        pipeline::load_model(core, options_.detector.model, options_.detector.network_size(), options_.detector.head);
    options_.json.check_is_not_model(model.path);
    Progress progress;
    const std::vector<measure::Cell> cells =
        compare(core, model, pictures, comparison, [&](double share) { progress.show(share, "measuring"); }, stop);
    progress.clear();
    if (cells.empty() || cells.front().samples.empty()) {
      say("interrupted before the first round was complete");
      return exit_interrupted;
    }
    const BenchSubject subject{options_.detector.model, options_.detector.device, pictures.size()};
    put(options_.json.lines(), comparison_text(subject, cells));
    json.write(pipeline::to_text(to_json(subject, cells)));
    json.finish();
    return stop.stop_requested() ? exit_interrupted : exit_ok;
  }

 private:
  measure::ComparisonOptions checked() {
    options_.detector.check();
    if (options_.rounds < 1) throw OptionError(fmt::format("--rounds {}: give 1 or more", options_.rounds));
    if (!(options_.seconds > 0 && options_.seconds <= 3600))
      throw OptionError(fmt::format("--seconds {}: give more than 0, at most 3600", options_.seconds));
    measure::ComparisonOptions comparison;
    comparison.modes.clear();
    for (const std::string& mode : options_.modes) comparison.modes.push_back(mode_of(mode));
    comparison.hints.clear();
    for (const std::string& hint : options_.hints) comparison.hints.push_back(checked_hint(hint));
    comparison.device = options_.detector.device_options("");
    comparison.postprocess = options_.detector.postprocess;
    comparison.jobs = pipeline::checked_jobs(options_.detector.jobs);
    comparison.rounds = static_cast<std::size_t>(options_.rounds);
    comparison.seconds = options_.seconds;
    return comparison;
  }

  /// Says why a source or picture can't be used.
  std::vector<cv::Mat> read_pictures() const {
    const pipeline::Sources sources = pipeline::expand_sources(options_.detector.sources);
    for (const std::string& problem : sources.problems) say(problem);
    options_.json.check_is_none_of(sources.pictures);
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
};

}  // namespace

std::unique_ptr<Command> make_bench_command(CLI::App& app) {
  return std::make_unique<BenchCommand>(app);
}

}  // namespace inferqueue::cli
