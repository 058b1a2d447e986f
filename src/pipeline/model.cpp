#include "pipeline/model.hpp"

#include <algorithm>
#include <numeric>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/user_error.hpp"
#include "devices/brief.hpp"
#include "models/model_file.hpp"
#include "pipeline/late_decoding.hpp"
#include "pipeline/metadata.hpp"
#include "vision/heads/yolov5.hpp"
#include "vision/labels.hpp"

namespace inferqueue::pipeline {
namespace {

using base::UserError;

constexpr int stride = 32;  // YOLO networks halve their input five times
constexpr vision::Size default_size{640, 640};

std::string text_of(const ov::PartialShape& shape) {
  std::ostringstream text;
  text << shape;
  return text.str();
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
                                  size.width, devices::brief(error)));
    }
  }
  return size;
}

// ---- the output -----------------------------------------------------------------------------------------------------

/// Refuses what the model itself says is no detector: its output may look like one's.
void check_task(const DetectorModel& model, const Metadata& metadata) {
  if (!metadata.task.empty() && metadata.task != "detect")
    throw UserError(
        fmt::format("model '{}': is no detector: its metadata says task '{}'; give a model of task 'detect'",
                    model.path.string(), metadata.task));
  if (metadata.head == "RTDETRDecoder")
    throw UserError(fmt::format("model '{}': is an RT-DETR (head {}), which is not supported; give a YOLO model",
                                model.path.string(), metadata.head));
}

std::vector<std::size_t> dimensions_of(const ov::PartialShape& shape) {
  std::vector<std::size_t> dimensions;
  for (const ov::Dimension& dimension : shape)
    dimensions.push_back(dimension.is_static() ? static_cast<std::size_t>(dimension.get_length()) : vision::kDynamic);
  return dimensions;
}

/// Finds the output that fits a head best, of equals the first.
void recognize_output(DetectorModel& model, const Metadata& metadata, std::string_view head) {
  vision::Recognition best;
  for (std::size_t i = 0; i < model.graph->outputs().size(); ++i) {
    const ov::PartialShape shape = model.graph->output(i).get_partial_shape();
    if (shape.rank().is_dynamic()) {
      if (best.explanation.empty()) best.explanation = fmt::format("the output {} has no fixed shape", text_of(shape));
      continue;
    }
    const std::vector<std::size_t> dimensions = dimensions_of(shape);
    vision::OutputFacts facts{
        .shape = dimensions, .network = model.network, .classes = {}, .end_to_end = metadata.end_to_end()};
    if (!metadata.names.empty()) facts.classes = metadata.names.size();
    vision::Recognition recognized = vision::recognize(facts, head);
    if (recognized.fit > best.fit) {
      best = std::move(recognized);
      model.outputs = {i};
    } else if (best.explanation.empty()) {
      best.explanation = std::move(recognized.explanation);
    }
  }
  model.head = std::move(best.head);
  if (model.head) return;
  const std::string name = model.path.string();
  if (best.explanation.empty()) best.explanation = "it has no output";
  if (head != vision::kAutoHead)
    throw base::OptionError(fmt::format("--head {}: doesn't fit model '{}': {}", head, name, best.explanation));
  throw UserError(fmt::format("model '{}': is no detector that is known here: {}", name, best.explanation));
}

/// Refuses a segmentation's output, whose rows end with what its masks are mixed by: a head takes that for classes.
/// YOLOv5's exporter doesn't write the task, so the masks have to give it away: [1,M,height,width] of a quarter the
/// size.
void check_masks(const DetectorModel& model) {
  const ov::PartialShape masks{1, -1, model.network.height / 4, model.network.width / 4};
  for (const auto& output : model.graph->outputs()) {
    const ov::PartialShape& shape = output.get_partial_shape();
    if (shape.is_dynamic() || !shape.compatible(masks) || model.head->suppresses()) continue;
    if (model.head->classes() > static_cast<std::size_t>(shape[1].get_length()))
      throw UserError(
          fmt::format("model '{}': is no detector: its output {} holds a segmentation's masks; give a model of task "
                      "'detect'",
                      model.path.string(), text_of(shape)));
  }
}

void leave_decoding_out(DetectorModel& model) {
  if (dynamic_cast<const vision::Yolov5Head*>(model.head.get()) == nullptr) return;
  auto late = decode_late(model.graph, model.outputs.front(), *model.head->classes(), model.network);
  if (!late || late->head->outputs() > DetectorModel::most_outputs) return;
  model.graph = std::move(late->graph);
  model.head = std::move(late->head);
  model.outputs.resize(model.head->outputs());
  std::iota(model.outputs.begin(), model.outputs.end(), std::size_t{0});
}

void check_types(const DetectorModel& model) {
  const auto check = [&](ov::element::Type type, const char* what) {
    if (!type.is_real())
      throw UserError(fmt::format("model '{}': its {} is of type {}; f32 or f16 is expected", model.path.string(), what,
                                  type.get_type_name()));
  };
  check(model.graph->input().get_element_type(), "input");
  for (const std::size_t output : model.outputs) check(model.graph->output(output).get_element_type(), "output");
}

std::vector<std::string> labels_of(const DetectorModel& model, Metadata metadata) {
  if (!metadata.names.empty()) return std::move(metadata.names);
  if (model.head->classes() == vision::kCocoNames.size()) return vision::coco_names();
  return {};
}

}  // namespace

DetectorModel load_model(ov::Core& core, const std::filesystem::path& path, std::optional<vision::Size> imgsz,
                         std::string_view head) {
  DetectorModel model;
  models::NamedModel named = models::read_model(core, path);
  model.path = std::move(named.path);
  model.graph = std::move(named.graph);
  Metadata metadata = read_metadata(*model.graph, model.path);
  check_task(model, metadata);
  model.network = settle_input(model, imgsz);
  recognize_output(model, metadata, head);
  if (metadata.task.empty()) check_masks(model);
  leave_decoding_out(model);
  check_types(model);
  model.labels = labels_of(model, std::move(metadata));
  return model;
}

}  // namespace inferqueue::pipeline
