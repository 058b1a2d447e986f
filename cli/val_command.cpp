#include "cli/val_command.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "accuracy/best_first.hpp"
#include "accuracy/draw_mistakes.hpp"
#include "accuracy/evaluation.hpp"
#include "accuracy/mistakes.hpp"
#include "base/user_error.hpp"
#include "cli/device_options.hpp"
#include "cli/json_output.hpp"
#include "cli/output.hpp"
#include "cli/output_options.hpp"
#include "cli/progress.hpp"
#include "cli/val_data.hpp"
#include "cli/val_report.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/report.hpp"

namespace inferqueue::cli {
namespace {

using base::OptionError;
using base::UserError;

struct ValOptions {
  DetectorOptions detector;
  std::string hint = "throughput";
  std::string data;
  LabelsOption labels;
  float pr_conf = 0.25F;
  JsonOption json;
  long long save_worst = 0;
  RunFolderOptions folder{.project = "runs/val"};
};

/// Takes the results in order and judges them.
class Judge {
 public:
  Judge(const ValData& data, std::size_t classes, float pr_conf)
      : data_(data), pr_conf_(pr_conf), evaluation_(classes, pr_conf) {}

  void take(const pipeline::PictureResult& result) {
    ++delivered_;
    if (!result.error.empty()) {
      ++failures_;
      progress_.say(pipeline::failure(result));
    } else {
      if (!result.warning.empty()) progress_.say(result.warning);
      std::vector<accuracy::Truth> truth;
      for (const accuracy::Label& label : data_.labels[result.index]) truth.push_back(label.in(result.geometry.source));
      evaluation_.add(result.detections, truth);
      accuracy::Mistakes mistakes = find_mistakes(result.detections, truth, pr_conf_);
      if (mistakes.count() > 0) bad_.push_back({result.index, result.source, {}, std::move(mistakes)});
    }
    progress_.show(delivered_, data_.pictures.size());
  }

  void finish() { progress_.clear(); }
  std::size_t delivered() const { return delivered_; }
  std::size_t failures() const { return failures_; }
  accuracy::Evaluation::Result result() const { return evaluation_.result(); }

  /// The pictures with the most mistakes, the worst first.
  std::vector<BadPicture> worst(std::size_t count) const {
    const auto mistakes = [](const BadPicture& bad) { return bad.mistakes.count(); };
    std::vector<BadPicture> list;
    for (const std::size_t i : accuracy::best_first(std::span(bad_), mistakes)) {
      if (list.size() == count) break;
      list.push_back(bad_[i]);
    }
    return list;
  }

 private:
  const ValData& data_;
  float pr_conf_;
  accuracy::Evaluation evaluation_;
  std::vector<BadPicture> bad_;
  std::size_t delivered_ = 0;
  std::size_t failures_ = 0;
  Progress progress_;
};

class ValCommand final : public Command {
 public:
  explicit ValCommand(CLI::App& parent)
      : app_(*parent.add_subcommand("val", "Measure how well a model finds what is in labelled pictures")) {
    app_.footer(
        "The labels are YOLO's: for each picture a file NAME.txt, a line 'class x y width height' per object.\n"
        "Example: inferqueue val --model yolov5n.xml --data coco/images/val --save-worst 5");
    // As in YOLOv5's val.py, so that the figures can be compared with those that are published.
    options_.detector.postprocess.conf = 0.001F;
    options_.detector.postprocess.iou = 0.6F;
    options_.detector.max_det = 300;
    options_.detector.declare_model(app_);
    app_.add_option("--data", options_.data,
                    "folder that holds images/ and labels/; or coco/images/val, with coco/labels/val")
        ->required()
        ->type_name("FOLDER");
    options_.detector.declare_detection(app_);
    options_.detector.declare_device(app_);
    options_.detector.declare_jobs(app_);
    app_.add_option("--pr-conf", options_.pr_conf, "confidence for precision, recall and mistakes, 0 to 1")
        ->capture_default_str()
        ->type_name("SHARE");
    declare_hint(app_, options_.hint);
    options_.labels.declare(app_);
    app_.add_option("--save-worst", options_.save_worst, "save the N pictures with the most mistakes, annotated")
        ->type_name("N")
        ->group("Output");
    options_.folder.declare(app_);
    options_.json.declare(app_);
  }

  const CLI::App& app() const override { return app_; }

  int run(std::stop_token stop) override {
    check();
    ValData data = find_val_data(options_.data);
    options_.json.check_is_none_of(data.pictures);
    for (const auto& picture : data.pictures)
      options_.json.check_is_not(data.label_file(picture), "one of the label files");
    options_.json.check_is_not(options_.labels.file, "the file of --labels");
    JsonOutput json(options_.json.file);
    ov::Core core;
    const pipeline::DetectorModel model =
        pipeline::load_model(core, options_.detector.model, options_.detector.network_size(), options_.detector.head);
    options_.json.check_is_not_model(model.path);
    options_.detector.check_classes(model.head->classes());
    const std::size_t classes = model.head->classes().value_or(vision::kMostClasses);
    if (!read_truth(data, classes)) return exit_failed;
    subject_.labels = options_.labels.names(model);
    const ov::CompiledModel compiled = compile(core, model, options_.detector.device_options(options_.hint));
    subject_.precision = pipeline::inference_precision(compiled);
    const std::unique_ptr<AsyncInferQueue> queue =
        pipeline::make_queue(compiled, pipeline::checked_jobs(options_.detector.jobs));
    std::optional<pipeline::RunFolder> folder;
    if (options_.save_worst > 0) folder = options_.folder.make();

    Judge judge(data, classes, options_.pr_conf);
    const auto begun = std::chrono::steady_clock::now();
    pipeline::detect_pictures(
        model, *queue, data.pictures, {.postprocess = options_.detector.postprocess, .keep_pictures = false},
        [&](const pipeline::PictureResult& result) { judge.take(result); }, stop);
    judge.finish();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    subject_.interrupted = stop.stop_requested() && judge.delivered() < data.pictures.size();
    return report(data, judge, took, folder, json);
  }

 private:
  void check() {
    options_.detector.check();
    if (!(options_.pr_conf >= options_.detector.postprocess.conf && options_.pr_conf <= 1))  // also refuses NaN
      throw OptionError(fmt::format("--pr-conf {:g}: give a number from --conf ({:g}) to 1", options_.pr_conf,
                                    options_.detector.postprocess.conf));
    if (options_.save_worst < 0) throw OptionError(fmt::format("--save-worst {}: give 0 or more", options_.save_worst));
    options_.hint = checked_hint(options_.hint);
    options_.folder.check();
  }

  /// Says what is strange or wrong in the label files. False if anything is wrong: a figure over what is left would
  /// look like one over all.
  bool read_truth(ValData& data, std::size_t classes) const {
    constexpr std::size_t most_told = 10;
    read_labels(data, classes, options_.detector.postprocess.classes);
    for (const std::string& note : data.notes) say(note);
    for (std::size_t i = 0; i < std::min(data.problems.size(), most_told); ++i) say(data.problems[i]);
    if (data.problems.size() > most_told) say(fmt::format("… and {} lines more", data.problems.size() - most_told));
    return data.problems.empty();
  }

  int report(const ValData& data, const Judge& judge, std::chrono::duration<double> took,
             std::optional<pipeline::RunFolder>& folder, JsonOutput& json) {
    subject_.model = options_.detector.model;
    subject_.data = options_.data;
    subject_.device = options_.detector.device;
    subject_.postprocess = options_.detector.postprocess;
    subject_.pr_conf = options_.pr_conf;
    subject_.pictures = data.pictures.size();
    subject_.failed = judge.failures();
    subject_.without_file = data.without_file;
    const accuracy::Evaluation::Result result = judge.result();
    std::FILE* const out = options_.json.lines();
    put(out, accuracy_text(subject_, result));
    const std::size_t delivered = judge.delivered();
    bool failed = judge.failures() > 0;
    put(out,
        fmt::format("{}{} of {} pictures, {} in {:.2f} s ({:.1f} pictures/s)\n",
                    subject_.interrupted ? "interrupted: " : "", delivered - judge.failures(), data.pictures.size(),
                    failed ? fmt::format("{} failed and left out", judge.failures()) : "no failures", took.count(),
                    static_cast<double>(delivered) / took.count()));
    std::vector<BadPicture> worst = judge.worst(static_cast<std::size_t>(options_.save_worst));
    if (folder && !save(worst, *folder, out)) failed = true;
    json.write(pipeline::to_text(to_json(subject_, result, worst)));
    json.finish();
    if (subject_.interrupted) return exit_interrupted;
    return failed ? exit_failed : exit_ok;
  }

  /// Returns false, having said why, if not all could be saved.
  bool save(std::vector<BadPicture>& worst, pipeline::RunFolder& folder, std::FILE* out) const {
    bool all = true;
    put(out, fmt::format("\nThe worst at confidence {:g}, annotated in {}:{}\n", options_.pr_conf,
                         printable(folder.path().string()), worst.empty() ? " none, there are no mistakes" : ""));
    pipeline::PictureReader reader;
    for (BadPicture& bad : worst) {
      try {
        const cv::Mat picture = accuracy::draw_mistakes(reader.read(bad.source), bad.mistakes, subject_.labels);
        bad.annotated = folder.picture_path(bad.source);
        pipeline::write_picture(bad.annotated, picture);
        put(out, fmt::format("  {}: {}\n", printable(bad.annotated.filename().string()),
                             summary(bad.mistakes, subject_.labels)));
      } catch (const UserError& error) {
        say(error.what());
        all = false;
      }
    }
    return all;
  }

  CLI::App& app_;
  ValOptions options_;
  ValSubject subject_;
};

}  // namespace

std::unique_ptr<Command> make_val_command(CLI::App& app) {
  return std::make_unique<ValCommand>(app);
}

}  // namespace inferqueue::cli
