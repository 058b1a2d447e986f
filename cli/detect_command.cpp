#include "cli/detect_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/user_error.hpp"
#include "cli/device_options.hpp"
#include "cli/output_options.hpp"
#include "cli/progress.hpp"
#include "pipeline/files.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/report.hpp"
#include "pipeline/run_folder.hpp"
#include "pipeline/sources.hpp"
#include "vision/draw.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using base::UserError;

struct DetectOptions {
  DetectorOptions detector;
  std::string hint = "throughput";
  LabelsOption labels;
  JsonOption json;
  RunFolderOptions folder{.project = "runs/detect"};
  bool nosave = false;
  bool save_txt = false;
  bool save_conf = false;

  bool writes_folder() const { return !nosave || save_txt; }
};

/// Takes the results in order: prints, draws, saves, counts.
class Collector {
 public:
  Collector(const DetectOptions& options, std::vector<std::string> labels, std::size_t pictures)
      : options_(options), labels_(std::move(labels)), pictures_(pictures), out_(options.json.lines()) {
    if (options.writes_folder()) folder_ = options.folder.make();
  }

  void take(pipeline::PictureResult result) {
    ++delivered_;
    if (result.error.empty()) {
      objects_ += result.detections.size();
      try {
        save(result);
      } catch (const UserError& error) {
        fail(error.what());
      }
      const vision::Size size = result.geometry.source;
      progress_.line(
          out_, fmt::format("image {}/{} {}: {}x{} {}, {:.1f} ms", result.index + 1, pictures_, result.source.string(),
                            size.width, size.height, pipeline::summary(result.detections, labels_),
                            std::chrono::duration<double, std::milli>(result.latency).count()));
    } else {
      const std::string name = result.source.string();
      fail(result.error.starts_with(name) ? result.error : fmt::format("{}: {}", name, result.error));
    }
    if (options_.json.wanted()) images_.push_back(pipeline::to_json(result, labels_));
    progress_.show(static_cast<double>(delivered_) / static_cast<double>(pictures_),
                   fmt::format("{}/{}", delivered_, pictures_));
  }

  void fail(const std::string& why) {
    ++failures_;
    progress_.line(stderr, "inferqueue: " + why);
  }

  void finish(std::chrono::duration<double> took, bool interrupted) {
    progress_.clear();
    fmt::print(out_, "{}{} of {} pictures, {} objects, {} in {:.2f} s ({:.1f} pictures/s)\n",
               interrupted ? "interrupted: " : "", delivered_, pictures_, objects_,
               failures_ == 0 ? "no failures" : fmt::format("{} failed", failures_), took.count(),
               static_cast<double>(delivered_) / took.count());
    if (folder_)
      fmt::print(out_, "{}: {}\n", options_.nosave ? "labels" : "annotated pictures", folder_->path().string());
    options_.json.write(pipeline::report(options_.detector.model, std::move(images_)));
  }

  bool failed() const { return failures_ > 0; }

 private:
  void save(pipeline::PictureResult& result) {
    if (!folder_) return;
    const fs::path target = folder_->picture_path(result.source);
    if (!options_.nosave) {
      vision::draw(result.picture, result.detections, labels_);
      pipeline::write_picture(target, result.picture);
    }
    if (options_.save_txt)
      pipeline::write_file(folder_->labels_path(), pipeline::to_yolo_labels(result, options_.save_conf));
  }

  const DetectOptions& options_;
  std::vector<std::string> labels_;
  std::size_t pictures_;
  std::FILE* out_;  // standard error where standard output carries the JSON
  std::optional<pipeline::RunFolder> folder_;
  std::vector<nlohmann::ordered_json> images_;
  std::size_t delivered_ = 0;
  std::size_t objects_ = 0;
  std::size_t failures_ = 0;
  Progress progress_;
};

class DetectCommand final : public Command {
 public:
  explicit DetectCommand(CLI::App& parent) : app_(*parent.add_subcommand("detect", "Detect objects in pictures")) {
    app_.footer("Example: inferqueue detect --model yolov5n.xml --source pictures --json results.json");
    options_.detector.declare(app_);
    declare_hint(app_, options_.hint);
    options_.labels.declare(app_);
    const std::string group = "Output";
    options_.folder.declare(app_);
    app_.add_flag("--nosave", options_.nosave, "save no annotated pictures")->group(group);
    app_.add_flag("--save-txt", options_.save_txt, "save labels/NAME.txt in YOLO's format")->group(group);
    app_.add_flag("--save-conf", options_.save_conf, "with --save-txt, put the score behind each line")->group(group);
    options_.json.declare(app_);
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    check();
    const pipeline::Sources sources = pipeline::expand_sources(options_.detector.sources);
    for (const std::string& note : sources.notes) fmt::print(stderr, "inferqueue: {}\n", note);
    for (const std::string& problem : sources.problems) fmt::print(stderr, "inferqueue: {}\n", problem);
    if (sources.pictures.empty()) return exit_failed;
    options_.json.check_is_none_of(sources.pictures);

    ov::Core core;
    const pipeline::DetectorModel model =
        pipeline::load_model(core, options_.detector.model, options_.detector.network_size());
    options_.detector.check_classes(model.head->classes());
    std::vector<std::string> labels = options_.labels.names(model);
    AsyncInferQueue queue(pipeline::compile(core, model, options_.detector.device_options(options_.hint)),
                          pipeline::checked_jobs(options_.detector.jobs));

    Collector collector(options_, std::move(labels), sources.pictures.size());
    const pipeline::PipelineOptions pipeline_options{.postprocess = options_.detector.postprocess,
                                                     .keep_pictures = !options_.nosave};
    const auto begun = std::chrono::steady_clock::now();
    pipeline::detect_pictures(
        model, queue, sources.pictures, pipeline_options,
        [&](pipeline::PictureResult result) { collector.take(std::move(result)); }, stop);
    collector.finish(std::chrono::steady_clock::now() - begun, stop.stop_requested());
    if (stop.stop_requested()) return exit_interrupted;
    return collector.failed() || !sources.problems.empty() ? exit_failed : exit_ok;
  }

 private:
  void check() {
    options_.detector.check();
    options_.folder.check();
    options_.json.check();
  }

  CLI::App& app_;
  DetectOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_detect_command(CLI::App& app) {
  return std::make_unique<DetectCommand>(app);
}

}  // namespace inferqueue::cli
