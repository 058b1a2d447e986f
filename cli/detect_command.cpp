#include "cli/detect_command.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/user_error.hpp"
#include "cli/collector.hpp"
#include "cli/device_options.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/sources.hpp"
#include "vision/labels.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using base::OptionError;
using base::UserError;

struct DetectOptions {
  DetectorOptions detector;
  std::string hint = "throughput";
  std::string labels;
  OutputOptions output;
};

std::string counted(std::size_t number, const char* what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : what[0] == 'c' ? "es" : "s");
}

class DetectCommand final : public Command {
 public:
  explicit DetectCommand(CLI::App& parent) : app_(*parent.add_subcommand("detect", "Detect objects in pictures")) {
    app_.footer("Example: inferqueue detect --model yolov5n.xml --source pictures --json results.json");
    options_.detector.declare(app_);
    app_.add_option("--hint", options_.hint, "latency, throughput or cumulative_throughput")
        ->capture_default_str()
        ->type_name("HINT")
        ->group("Device");
    app_.add_option("--labels", options_.labels, "class names, one a line (else the model's own, or COCO's for 80)")
        ->type_name("FILE");
    const std::string group = "Output";
    app_.add_option("--project", options_.output.project, "folder that holds the runs")
        ->capture_default_str()
        ->type_name("FOLDER")
        ->group(group);
    app_.add_option("--name", options_.output.name, "this run's folder in it; a number is added if it is there already")
        ->capture_default_str()
        ->type_name("NAME")
        ->group(group);
    app_.add_flag("--exist-ok", options_.output.exist_ok, "write into that folder even if it is there already")
        ->group(group);
    app_.add_flag("--nosave", options_.output.nosave, "save no annotated pictures")->group(group);
    app_.add_flag("--save-txt", options_.output.save_txt, "save labels/NAME.txt in YOLO's format")->group(group);
    app_.add_flag("--save-conf", options_.output.save_conf, "with --save-txt, put the score behind each line")
        ->group(group);
    app_.add_option("--json", options_.output.json, "write the results as JSON to FILE, or - for standard output")
        ->type_name("FILE")
        ->group(group);
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    check();
    const pipeline::Sources sources = pipeline::expand_sources(options_.detector.sources);
    for (const std::string& note : sources.notes) say(note);
    for (const std::string& problem : sources.problems) say(problem);
    if (sources.pictures.empty()) return exit_failed;
    check_json_is_no_input(sources.pictures);
    JsonOutput json(options_.output.json);

    ov::Core core;
    const pipeline::DetectorModel model =
        pipeline::load_model(core, options_.detector.model, options_.detector.network_size());
    check_classes(model);
    std::vector<std::string> labels = options_.labels.empty() ? model.labels : vision::load_labels(options_.labels);
    tell_of_labels(labels, model.head->classes());
    const std::unique_ptr<AsyncInferQueue> queue =
        pipeline::make_queue(pipeline::compile(core, model, options_.detector.device_options(options_.hint)),
                             pipeline::checked_jobs(options_.detector.jobs));

    options_.output.model = options_.detector.model;
    Collector collector(options_.output, std::move(json), std::move(labels), sources.pictures.size());
    const pipeline::PipelineOptions pipeline_options{.postprocess = options_.detector.postprocess,
                                                     .keep_pictures = !options_.output.nosave};
    const auto begun = std::chrono::steady_clock::now();
    pipeline::detect_pictures(
        model, *queue, sources.pictures, pipeline_options,
        [&](pipeline::PictureResult result) { collector.take(std::move(result)); }, stop);
    collector.finish(std::chrono::steady_clock::now() - begun, stop.stop_requested());
    if (stop.stop_requested()) return exit_interrupted;
    return collector.failed() || !sources.problems.empty() ? exit_failed : exit_ok;
  }

 private:
  void check() {
    options_.detector.check();
    check_hint(options_.hint);
    if (options_.output.name.empty()) throw OptionError("--name: give a folder's name");
  }

  void check_json_is_no_input(const std::vector<fs::path>& pictures) const {
    const std::string& json = options_.output.json;
    std::error_code ignored;
    if (!fs::is_regular_file(json, ignored)) return;
    for (const fs::path& picture : pictures)
      if (fs::equivalent(json, picture, ignored))
        throw UserError(fmt::format("--json {}: is one of the pictures; give another file", json));
  }

  void check_classes(const pipeline::DetectorModel& model) const {
    for (const int id : options_.detector.postprocess.classes)
      if (id < 0 || static_cast<std::size_t>(id) >= model.head->classes())
        throw OptionError(
            fmt::format("--classes {}: the model has the classes 0 to {}", id, model.head->classes() - 1));
  }

  /// The names are used as far as they go; another number than the model's classes may mean another model's names.
  void tell_of_labels(const std::vector<std::string>& labels, std::size_t classes) const {
    const std::string where =
        options_.labels.empty() ? fmt::format("model '{}'", options_.detector.model) : options_.labels;
    const auto first = labels.begin();
    const auto last = first + static_cast<std::ptrdiff_t>(std::min(labels.size(), classes));
    const auto named =
        static_cast<std::size_t>(std::count_if(first, last, [](const auto& name) { return !name.empty(); }));
    if (labels.size() > classes)
      say(fmt::format("{}: has {} for the model's {}; those beyond are left out", where, counted(labels.size(), "name"),
                      counted(classes, "class")));
    else if (named < classes)
      say(fmt::format("{}: has {} for {}; those without show as 'class N'{}", where, counted(named, "name"),
                      counted(classes, "class"), options_.labels.empty() ? " (--labels names them)" : ""));
  }

  CLI::App& app_;
  DetectOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_detect_command(CLI::App& app) {
  return std::make_unique<DetectCommand>(app);
}

}  // namespace inferqueue::cli
