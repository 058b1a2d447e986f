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
#include "cli/progress.hpp"
#include "pipeline/files.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/report.hpp"
#include "pipeline/run_folder.hpp"
#include "pipeline/sources.hpp"
#include "vision/draw.hpp"
#include "vision/labels.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using base::UserError;

struct DetectOptions {
  DetectorOptions detector;
  std::string hint = "throughput";
  std::string labels;
  std::string json;
  fs::path project = "runs/detect";
  std::string name = "exp";
  bool exist_ok = false;
  bool nosave = false;
  bool save_txt = false;
  bool save_conf = false;

  bool writes_folder() const { return !nosave || save_txt; }
};

/// Takes the results in order: prints, draws, saves, counts.
class Collector {
 public:
  Collector(const DetectOptions& options, std::vector<std::string> labels, std::size_t pictures)
      : options_(options),
        labels_(std::move(labels)),
        pictures_(pictures),
        out_(options.json == "-" ? stderr : stdout) {
    if (options.writes_folder()) folder_.emplace(options.project, options.name, options.exist_ok);
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
    if (!options_.json.empty()) images_.push_back(pipeline::to_json(result, labels_));
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
    if (options_.json.empty()) return;
    const std::string text = pipeline::to_text(pipeline::report(options_.detector.model, std::move(images_)));
    if (options_.json == "-")
      fmt::print("{}", text);
    else
      pipeline::write_file(options_.json, text);
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
    app_.add_option("--hint", options_.hint, "latency, throughput or cumulative_throughput")
        ->capture_default_str()
        ->type_name("HINT")
        ->group("Device");
    app_.add_option("--labels", options_.labels, "class names, one a line (else the model's own, or COCO's for 80)")
        ->type_name("FILE");
    const std::string group = "Output";
    app_.add_option("--project", options_.project, "folder that holds the runs")
        ->capture_default_str()
        ->type_name("FOLDER")
        ->group(group);
    app_.add_option("--name", options_.name, "this run's folder in it; a number is added if it is there already")
        ->capture_default_str()
        ->type_name("NAME")
        ->group(group);
    app_.add_flag("--exist-ok", options_.exist_ok, "write into that folder even if it is there already")->group(group);
    app_.add_flag("--nosave", options_.nosave, "save no annotated pictures")->group(group);
    app_.add_flag("--save-txt", options_.save_txt, "save labels/NAME.txt in YOLO's format")->group(group);
    app_.add_flag("--save-conf", options_.save_conf, "with --save-txt, put the score behind each line")->group(group);
    app_.add_option("--json", options_.json, "write the results as JSON to FILE, or - for standard output")
        ->type_name("FILE")
        ->group(group);
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    check();
    const pipeline::Sources sources = pipeline::expand_sources(options_.detector.sources);
    for (const std::string& note : sources.notes) fmt::print(stderr, "inferqueue: {}\n", note);
    for (const std::string& problem : sources.problems) fmt::print(stderr, "inferqueue: {}\n", problem);
    if (sources.pictures.empty()) return exit_failed;
    check_json_is_no_input(sources.pictures);

    ov::Core core;
    const pipeline::DetectorModel model =
        pipeline::load_model(core, options_.detector.model, options_.detector.network_size());
    check_classes(model);
    std::vector<std::string> labels = options_.labels.empty() ? model.labels : vision::load_labels(options_.labels);
    if (labels.size() < model.head->classes())
      fmt::print(stderr, "inferqueue: there are names for {} of {} classes; the others show as 'class N'\n",
                 labels.size(), model.head->classes());
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
    if (options_.name.empty()) throw UserError("--name: give a folder's name");
    // Said now rather than after the work.
    const fs::path folder = fs::path(options_.json).parent_path();
    if (!folder.empty() && !fs::is_directory(folder))
      throw UserError(fmt::format("--json {}: there is no folder {}", options_.json, folder.string()));
    if (!options_.json.empty() && fs::is_directory(options_.json))
      throw UserError(fmt::format("--json {}: is a folder; give a file", options_.json));
  }

  void check_json_is_no_input(const std::vector<fs::path>& pictures) const {
    std::error_code ignored;
    for (const fs::path& picture : pictures)
      if (fs::is_regular_file(options_.json) && fs::equivalent(options_.json, picture, ignored))
        throw UserError(fmt::format("--json {}: is one of the pictures; give another file", options_.json));
  }

  void check_classes(const pipeline::DetectorModel& model) const {
    for (const int id : options_.detector.postprocess.classes)
      if (id < 0 || static_cast<std::size_t>(id) >= model.head->classes())
        throw UserError(fmt::format("--classes {}: the model has the classes 0 to {}", id, model.head->classes() - 1));
  }

  CLI::App& app_;
  DetectOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_detect_command(CLI::App& app) {
  return std::make_unique<DetectCommand>(app);
}

}  // namespace inferqueue::cli
