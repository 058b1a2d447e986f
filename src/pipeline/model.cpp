#include "pipeline/model.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openvino/core/preprocess/pre_post_process.hpp>
#include <openvino/frontend/manager.hpp>

#include "base/user_error.hpp"
#include "models/builtin.hpp"
#include "pipeline/device.hpp"
#include "pipeline/files.hpp"
#include "vision/heads/registry.hpp"
#include "vision/labels.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

using base::UserError;

constexpr int stride = 32;  // YOLO networks halve their input five times
constexpr vision::Size default_size{640, 640};

std::string text_of(const ov::PartialShape& shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
}

// ---- the file -------------------------------------------------------------------------------------------------------

/// The one model in a folder, as the exporters of Ultralytics write them.
fs::path model_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string extension = lower_extension(entry.path());
    if (extension == ".xml" || extension == ".onnx") found.push_back(entry.path());
  }
  if (found.size() == 1) return found.front();
  throw UserError(fmt::format("model '{}': this folder holds {} models (.xml, .onnx); name the file", folder.string(),
                              found.size()));
}

/// Asks the runtime's reader for this kind of file. ov::Core::read_model() would try the readers for all kinds on a
/// file that its own doesn't know, each with messages of its own.
bool is_readable(const std::string& kind, const fs::path& path) {
  return ov::frontend::FrontEndManager().load_by_framework(kind)->supported(path.string());
}

void check_ir(const fs::path& path) {
  if (!is_readable("ir", path))
    throw UserError(fmt::format("model '{}': is no OpenVINO IR; export the model again", path.string()));
  const fs::path weights = fs::path(path).replace_extension(".bin");
  if (!fs::exists(weights))
    throw UserError(fmt::format("model '{}': its weights '{}' are missing; keep the two files together", path.string(),
                                weights.string()));
}

void check_onnx(const fs::path& path) {
  if (!is_readable("onnx", path))
    throw UserError(fmt::format("model '{}': is no ONNX model; export the model again", path.string()));
}

fs::path checked_path(const fs::path& given) {
  std::error_code ignored;  // of a name that is too long, for one: there is no such file
  if (!fs::exists(given, ignored)) throw UserError(fmt::format("model '{}': there is no such file", given.string()));
  const fs::path path = fs::is_directory(given) ? model_in(given) : given;
  if (!fs::is_regular_file(path))
    throw UserError(fmt::format("model '{}': is a pipe or a device, no file", path.string()));
  const std::string extension = lower_extension(path);
  if (extension == ".pt" || extension == ".pth")
    throw UserError(fmt::format(
        "model '{0}': is a PyTorch checkpoint; export it in YOLOv5's folder: python export.py --weights {0} --include "
        "openvino, then give --model {1}",
        path.string(), (path.parent_path() / (path.stem().string() + "_openvino_model")).string()));
  if (extension == ".xml") {
    check_ir(path);
  } else if (extension == ".onnx") {
    check_onnx(path);
  } else {
    throw UserError(fmt::format("model '{}': give OpenVINO IR (.xml with its .bin) or ONNX (.onnx)", path.string()));
  }
  return path;
}

// ---- the input ------------------------------------------------------------------------------------------------------

vision::Size checked_imgsz(vision::Size size) {
  constexpr int most = 8192;
  if (size.width > most || size.height > most)
    throw base::OptionError(fmt::format("--imgsz {}x{}: more than {} pixels", size.height, size.width, most));
  const auto nearest = [](int side) { return std::max(stride, (side + stride / 2) / stride * stride); };
  if (size.width % stride != 0 || size.height % stride != 0 || size.width < stride || size.height < stride)
    throw base::OptionError(fmt::format("--imgsz {}x{}: both must be multiples of {}; the nearest are {} {}",
                                        size.height, size.width, stride, nearest(size.height), nearest(size.width)));
  return size;
}

/// Gives a dynamic input its size and checks a static one. Returns the size.
vision::Size settle_input(DetectorModel& model, std::optional<vision::Size> imgsz) {
  const std::string name = model.path.string();
  if (model.graph->inputs().size() != 1)
    throw UserError(
        fmt::format("model '{}': is no detector: it has {} inputs; one picture [1,3,height,width] is expected", name,
                    model.graph->inputs().size()));
  const ov::PartialShape shape = model.graph->input().get_partial_shape();
  const bool is_picture = shape.rank().is_dynamic() || (shape.size() == 4 && shape[1].compatible(3));
  if (!is_picture)
    throw UserError(
        fmt::format("model '{}': is no detector that can be fed: its input is {}, [1,3,height,width] is expected", name,
                    text_of(shape)));
  if (shape.rank().is_static() && !shape[0].compatible(1))
    throw UserError(fmt::format("model '{}': its input {} has a fixed batch; export it with batch 1 or --dynamic", name,
                                text_of(shape)));
  vision::Size size = imgsz ? checked_imgsz(*imgsz) : default_size;
  if (shape.rank().is_static()) {
    const auto settle = [&](const ov::Dimension& dimension, int wanted) {
      return dimension.is_static() ? static_cast<int>(dimension.get_length()) : wanted;
    };
    const vision::Size own{settle(shape[3], size.width), settle(shape[2], size.height)};
    if (imgsz && own != size)
      throw base::OptionError(
          fmt::format("--imgsz {}x{}: model '{}' has the fixed size {}x{}; leave --imgsz out, or export the "
                      "model with --dynamic",
                      size.height, size.width, name, own.height, own.width));
    size = own;
  }
  if (shape.is_dynamic()) {
    try {
      model.graph->reshape(ov::PartialShape{1, 3, size.height, size.width});
    } catch (const std::exception& error) {
      throw UserError(fmt::format("model '{}': can't take {}x{} pictures ({}); try another --imgsz", name, size.height,
                                  size.width, brief(error)));
    }
  }
  return size;
}

// ---- the output -----------------------------------------------------------------------------------------------------

/// Finds the output that a head can read.
void recognize_output(DetectorModel& model) {
  std::string why;
  for (std::size_t i = 0; i < model.graph->outputs().size(); ++i) {
    const ov::PartialShape shape = model.graph->output(i).get_partial_shape();
    if (shape.is_dynamic()) {
      if (why.empty()) why = fmt::format("its output {} has no fixed shape", text_of(shape));
      continue;
    }
    const ov::Shape fixed = shape.to_shape();
    vision::Recognition recognized = vision::recognize(fixed, model.network);
    if (recognized.head) {
      model.head = std::move(recognized.head);
      model.output = i;
      return;
    }
    if (why.empty()) why = recognized.explanation;
  }
  throw UserError(fmt::format("model '{}': is no detector that is known here: {}", model.path.string(),
                              why.empty() ? "it has no output" : why));
}

/// Lets the pipeline write and read f32 whatever the model's own types are.
void settle_types(DetectorModel& model) {
  const ov::element::Type in = model.graph->input().get_element_type();
  const ov::element::Type out = model.graph->output(model.output).get_element_type();
  for (const ov::element::Type type : {in, out})
    if (!type.is_real())
      throw UserError(fmt::format("model '{}': its {} is of type {}; f32 or f16 is expected", model.path.string(),
                                  type == in ? "input" : "output", type.get_type_name()));
  if (in == ov::element::f32 && out == ov::element::f32) return;
  ov::preprocess::PrePostProcessor adapter(model.graph);
  adapter.input().tensor().set_element_type(ov::element::f32);
  adapter.output(model.output).tensor().set_element_type(ov::element::f32);
  model.graph = adapter.build();
}

std::vector<std::string> labels_of(const DetectorModel& model) {
  if (model.graph->has_rt_info({"framework", "names"})) {
    const auto text = model.graph->get_rt_info<std::string>("framework", "names");
    if (auto names = vision::parse_names_metadata(text)) return *std::move(names);
  }
  if (model.head->classes() == vision::kCocoNames.size()) return vision::coco_names();
  return {};
}

std::shared_ptr<ov::Model> read_file_model(ov::Core& core, const fs::path& path) {
  try {
    return core.read_model(path);
  } catch (const std::exception& error) {
    throw UserError(
        fmt::format("model '{}': can't be read, it is damaged or of another kind: {}", path.string(), brief(error)));
  }
}

}  // namespace

DetectorModel load_model(ov::Core& core, const fs::path& path, std::optional<vision::Size> imgsz) {
  DetectorModel model;
  if (models::is_builtin(path.string())) {
    model.path = path;
    model.graph = models::make_builtin(path.string());
  } else {
    model.path = checked_path(path);
    model.graph = read_file_model(core, model.path);
  }
  model.network = settle_input(model, imgsz);
  recognize_output(model);
  settle_types(model);
  model.labels = labels_of(model);
  return model;
}

}  // namespace inferqueue::pipeline
