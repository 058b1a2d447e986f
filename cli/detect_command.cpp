#include "cli/detect_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
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
#include "cli/video_options.hpp"
#include "pipeline/picture_source.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/sources.hpp"
#include "pipeline/video_source.hpp"

namespace inferqueue::cli {
namespace {

struct DetectOptions {
  DetectorOptions detector;
  std::string hint = "throughput";
  LabelsOption labels;
  bool fast_decode = false;
  VideoOption video;
  CollectorOptions output;
};

/// The pipeline's sources, and what the command knows of each: all pictures are one.
struct SourceLists {
  std::vector<std::unique_ptr<pipeline::FrameSource>> sources;
  std::vector<SourceEntry> entries;
};

SourceLists make_sources(const pipeline::Sources& found, const pipeline::PictureSource::Options& picture_options,
                         const pipeline::VideoOptions& options) {
  using Video = pipeline::VideoSource;
  SourceLists lists;
  if (!found.pictures.empty()) {
    lists.sources.push_back(std::make_unique<pipeline::PictureSource>(found.pictures, picture_options));
    lists.entries.emplace_back();
  }
  const auto add = [&](const std::vector<std::string>& typed, Video::Kind kind, SourceEntry::Kind entry) {
    for (std::size_t i = 0; i < typed.size(); ++i) {
      lists.sources.push_back(std::make_unique<Video>(typed[i], kind, options));
      lists.entries.push_back({.kind = entry, .typed = typed[i], .number = i + 1, .of = typed.size()});
    }
  };
  add(found.videos, Video::Kind::file, SourceEntry::Kind::video);
  add(found.live, Video::Kind::live, SourceEntry::Kind::live);
  return lists;
}

class DetectCommand final : public Command {
 public:
  explicit DetectCommand(CLI::App& parent)
      : app_(*parent.add_subcommand("detect", "Detect objects in pictures, videos and streams")) {
    app_.footer("Example: inferqueue detect --model yolov5n.xml --source pictures --json results.json");
    options_.detector.declare(
        app_, "pictures, videos, folders, globs, numbers of cameras, addresses of streams; several may follow");
    declare_hint(app_, options_.hint);
    options_.labels.declare(app_);
    app_.add_flag("--fast-decode", options_.fast_decode,
                  "with --nosave: decode no more of large JPEGs than the network takes");
    const std::string group = "Output";
    options_.video.declare(app_);
    SaveOptions& save = options_.output.save;
    save.folder.declare(app_);
    app_.add_flag("--nosave", save.nosave, "save no annotated pictures and videos")->group(group);
    app_.add_flag("--save-video", save.save_video, "save annotated videos: of live sources too, and with --nosave")
        ->group(group);
    app_.add_flag("--save-txt", save.save_txt, "save labels/NAME.txt in YOLO's format, of frames NAME_FRAME.txt")
        ->group(group);
    app_.add_flag("--save-conf", save.save_conf, "with --save-txt, put the score behind each line")->group(group);
    options_.output.json.declare(app_);
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    check();
    const pipeline::Sources sources = pipeline::expand_sources(options_.detector.sources, pipeline::Accept::all);
    for (const std::string& note : sources.notes) say(note);
    for (const std::string& problem : sources.problems) say(problem);
    if (sources.empty()) return exit_failed;
    options_.output.json.check_is_none_of(sources.pictures);
    for (const std::string& video : sources.videos) options_.output.json.check_is_not(video, "one of the videos");
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
    options_.output.pictures = sources.pictures.size();
    options_.output.stride = options_.video.options().stride;
    options_.output.max_frames = options_.video.options().max_frames;
    const SourceLists lists = make_sources(
        sources, {.reduce_for = options_.fast_decode ? model.network : vision::Size{}}, options_.video.options());
    Collector collector(options_.output, std::move(json), std::move(labels), lists.entries);
    const pipeline::PipelineOptions pipeline_options{
        .postprocess = options_.detector.postprocess,
        .keep_pictures = std::ranges::any_of(
            lists.entries, [&](const SourceEntry& entry) { return options_.output.save.saves(entry.kind); })};
    const auto begun = std::chrono::steady_clock::now();
    pipeline::detect_frames(model, *queue, lists.sources, pipeline_options, collector, stop);
    collector.finish(std::chrono::steady_clock::now() - begun, stop.stop_requested());
    if (stop.stop_requested()) return exit_interrupted;
    return collector.failed() || !sources.problems.empty() ? exit_failed : exit_ok;
  }

 private:
  void check() {
    options_.detector.check();
    options_.hint = checked_hint(options_.hint);
    options_.output.save.folder.check();
    if (options_.fast_decode && !options_.output.save.nosave)
      throw base::OptionError("--fast-decode: annotated pictures are drawn on whole ones; add --nosave");
    options_.video.check();
  }

  CLI::App& app_;
  DetectOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_detect_command(CLI::App& app) {
  return std::make_unique<DetectCommand>(app);
}

}  // namespace inferqueue::cli
