#include "cli/device_options.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/user_error.hpp"
#include "cli/output.hpp"
#include "devices/names.hpp"
#include "vision/labels.hpp"

namespace inferqueue::cli {
namespace {

void check_share(const char* option, float value) {
  if (!(value >= 0 && value <= 1))  // also refuses NaN
    throw base::OptionError(fmt::format("{} {}: give a number from 0 to 1", option, value));
}

std::string counted(std::size_t number, const char* one, const char* many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

}  // namespace

std::string checked_hint(const std::string& hint) {
  try {
    return devices::performance_hint(hint);
  } catch (const base::UserError& error) {
    throw base::OptionError(error.what());
  }
}

std::string device_name(const std::string& typed) {
  return base::upper_case(typed);
}

void DetectorOptions::declare(CLI::App& app, const std::string& what) {
  declare_model(app);
  declare_sources(app, what);
  declare_detection(app);
  declare_device(app);
  declare_jobs(app);
}

void DetectorOptions::declare_model(CLI::App& app) {
  app.add_option("-m,--model,--weights", model,
                 "a YOLO detector as OpenVINO IR (.xml), ONNX, the folder of an export, or builtin:yolov5n")
      ->required()
      ->type_name("FILE");
  app.add_option("--head", head, fmt::format("how its output is laid out: {}", vision::head_options()))
      ->capture_default_str()
      ->type_name("HEAD");
}

void DetectorOptions::declare_sources(CLI::App& app, const std::string& what) {
  app.add_option("-s,--source,-i", sources, what)->required()->type_name("SOURCE");
}

void DetectorOptions::declare_detection(CLI::App& app) {
  app.add_option("--imgsz,--img,--img-size", imgsz,
                 "input size of a dynamic model, one side or height and width, multiples of 32 (640)")
      ->expected(1, 2)
      ->type_name("PIXELS");
  app.add_option("--conf,--conf-thres", postprocess.conf, "least confidence, 0 to 1")
      ->capture_default_str()
      ->type_name("SHARE");
  app.add_option("--iou,--iou-thres", postprocess.iou, "overlap above which the weaker box is dropped, 0 to 1")
      ->capture_default_str()
      ->type_name("SHARE");
  app.add_option("--max-det", max_det, "most objects in a picture")->capture_default_str()->type_name("N");
  app.add_option("--classes", postprocess.classes, "only these class ids")->delimiter(',')->type_name("ID");
  app.add_flag("--agnostic-nms", postprocess.agnostic, "let boxes of different classes suppress each other");
}

void DetectorOptions::declare_device(CLI::App& app) {
  const std::string group = "Device";
  app.add_option("-d,--device", device, "CPU, GPU, NPU, AUTO, AUTO:GPU,CPU …")
      ->capture_default_str()
      ->type_name("NAME")
      ->group(group);
  app.add_option("--nstreams", streams, "streams; the device's choice if left out")->type_name("N")->group(group);
  app.add_option("--precision", precision, "f32, f16 or bf16 for inference; the device's choice if left out")
      ->type_name("TYPE")
      ->group(group);
  app.add_option("--cache-dir", cache_dir, "keep compiled models there")->type_name("FOLDER")->group(group);
}

void DetectorOptions::declare_jobs(CLI::App& app) {
  app.add_option("--nireq", jobs, "infer requests in the queue; 0 is the device's choice")
      ->capture_default_str()
      ->type_name("N")
      ->group("Device");
}

void DetectorOptions::check() {
  check_share("--conf", postprocess.conf);
  check_share("--iou", postprocess.iou);
  if (max_det < 1) throw base::OptionError(fmt::format("--max-det {}: give 1 or more", max_det));
  postprocess.max_det = static_cast<std::size_t>(max_det);
  pipeline::checked_jobs(jobs);
  device = device_name(device);
  head = base::lower_case(head);
  if (!vision::is_head_option(head))
    throw base::OptionError(fmt::format("--head {}: there is no such head; give {}", head, vision::head_options()));
  // The runtime knows types in lower case.
  precision = base::lower_case(precision);
}

void DetectorOptions::check_classes(std::optional<std::size_t> classes) const {
  const std::size_t most = classes.value_or(vision::kMostClasses);
  for (const int id : postprocess.classes)
    if (id < 0 || static_cast<std::size_t>(id) >= most)
      throw base::OptionError(fmt::format("--classes {}: {} the classes 0 to {}", id,
                                          classes ? "the model has" : "a model may have", most - 1));
}

std::optional<vision::Size> DetectorOptions::network_size() const {
  if (imgsz.empty()) return std::nullopt;
  return vision::Size{.width = imgsz.back(), .height = imgsz.front()};
}

pipeline::DeviceOptions DetectorOptions::device_options(const std::string& hint) const {
  pipeline::DeviceOptions options;
  options.device = device;
  options.hint = hint;
  options.streams = streams;
  options.precision = precision;
  options.cache_dir = cache_dir;
  return options;
}

void declare_hint(CLI::App& app, std::string& hint) {
  app.add_option("--hint", hint, "latency, throughput or cumulative_throughput")
      ->capture_default_str()
      ->type_name("HINT")
      ->group("Device");
}

void LabelsOption::declare(CLI::App& app) {
  app.add_option("--labels", file, "class names, one a line (else the model's own, or COCO's for 80)")
      ->type_name("FILE");
}

std::vector<std::string> LabelsOption::names(const pipeline::DetectorModel& model) const {
  std::vector<std::string> labels = file.empty() ? model.labels : vision::load_labels(file);
  const std::string where = file.empty() ? fmt::format("model '{}'", model.path.string()) : file;
  if (!model.head->classes()) {
    if (labels.empty())
      say(fmt::format("{}: has no names for its classes; they show as 'class N' (--labels names them)", where));
    return labels;
  }
  const std::size_t classes = *model.head->classes();
  const auto last = labels.begin() + static_cast<std::ptrdiff_t>(std::min(labels.size(), classes));
  const auto named =
      static_cast<std::size_t>(std::count_if(labels.begin(), last, [](const auto& name) { return !name.empty(); }));
  if (labels.size() > classes)
    say(fmt::format("{}: has {} for the model's {}; those beyond are left out", where,
                    counted(labels.size(), "name", "names"), counted(classes, "class", "classes")));
  else if (named < classes)
    say(fmt::format("{}: has {} for {}; those without show as 'class N'{}", where, counted(named, "name", "names"),
                    counted(classes, "class", "classes"), file.empty() ? " (--labels names them)" : ""));
  return labels;
}

}  // namespace inferqueue::cli
