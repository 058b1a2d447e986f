#include "cli/detect_command.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/collector.hpp"
#include "cli/device_options.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/sources.hpp"

namespace inferqueue::cli {
namespace {

struct DetectOptions {
  DetectorOptions detector;
  std::string hint = "throughput";
  LabelsOption labels;
  CollectorOptions output;
};

class DetectCommand final : public Command {
 public:
  explicit DetectCommand(CLI::App& parent) : app_(*parent.add_subcommand("detect", "Detect objects in pictures")) {
    app_.footer("Example: inferqueue detect --model yolov5n.xml --source pictures --json results.json");
    options_.detector.declare(app_);
    declare_hint(app_, options_.hint);
    options_.labels.declare(app_);
    const std::string group = "Output";
    options_.output.folder.declare(app_);
    app_.add_flag("--nosave", options_.output.nosave, "save no annotated pictures")->group(group);
    app_.add_flag("--save-txt", options_.output.save_txt, "save labels/NAME.txt in YOLO's format")->group(group);
    app_.add_flag("--save-conf", options_.output.save_conf, "with --save-txt, put the score behind each line")
        ->group(group);
    options_.output.json.declare(app_);
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    check();
    const pipeline::Sources sources = pipeline::expand_sources(options_.detector.sources);
    for (const std::string& note : sources.notes) say(note);
    for (const std::string& problem : sources.problems) say(problem);
    if (sources.pictures.empty()) return exit_failed;
    options_.output.json.check_is_none_of(sources.pictures);
    options_.output.json.check_is_not(options_.labels.file, "the file of --labels");
    JsonOutput json(options_.output.json.file);

    ov::Core core;
    const pipeline::DetectorModel model =
        pipeline::load_model(core, options_.detector.model, options_.detector.network_size(), options_.detector.head);
    options_.output.json.check_is_not_model(model.path);
    options_.detector.check_classes(model.head->classes());
    std::vector<std::string> labels = options_.labels.names(model);
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
    options_.hint = checked_hint(options_.hint);
    options_.output.folder.check();
  }

  CLI::App& app_;
  DetectOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_detect_command(CLI::App& app) {
  return std::make_unique<DetectCommand>(app);
}

}  // namespace inferqueue::cli
