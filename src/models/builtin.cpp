#include "models/builtin.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <openvino/opsets/opset13.hpp>

#include "base/user_error.hpp"
#include "models/weights.hpp"
#include "models/yolov5.hpp"

namespace inferqueue::models {
namespace {

namespace op = ov::opset13;

constexpr std::string_view prefix = "builtin:";
constexpr std::uint64_t seed = 1;
constexpr std::size_t yolo_side = 640;
constexpr std::size_t coco_classes = 80;

std::shared_ptr<op::Parameter> input(std::size_t width) {
  auto x = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, width});
  x->output(0).set_names({"x"});
  return x;
}

std::shared_ptr<ov::Model> model(const ov::Output<ov::Node>& y, const std::shared_ptr<op::Parameter>& x,
                                 const char* name) {
  y.get_node()->output(0).set_names({"y"});
  return std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}, name);
}

std::shared_ptr<ov::Model> make_relu() {
  const auto x = input(16);
  return model(std::make_shared<op::Relu>(x), x, "relu");
}

std::shared_ptr<ov::Model> make_mlp() {
  const auto x = input(256);
  Weights weights(seed);
  ov::Output<ov::Node> y = x;
  for (const auto& [in, out] : {std::pair<std::size_t, std::size_t>{256, 512}, {512, 512}, {512, 10}}) {
    const auto matrix = weights.normal({in, out}, 1 / std::sqrt(static_cast<float>(in)));
    y = std::make_shared<op::Relu>(std::make_shared<op::MatMul>(y, matrix));
  }
  return model(y, x, "mlp");
}

using Maker = std::shared_ptr<ov::Model> (*)();
struct Entry {
  Builtin builtin;
  Maker make = nullptr;
};

constexpr std::array<Entry, 4> entries{
    {{{"builtin:relu", "y = relu(x) on [1,16]: next to no work"}, make_relu},
     {{"builtin:mlp", "256-512-512-10 with ReLU"}, make_mlp},
     {{"builtin:yolov5n", "YOLOv5n at 640x640 with random weights: its cost is the real one, it finds nothing"},
      [] { return make_yolov5(yolov5n, yolo_side, coco_classes, seed); }},
     {{"builtin:yolov5s", "YOLOv5s likewise"}, [] { return make_yolov5(yolov5s, yolo_side, coco_classes, seed); }}}};

}  // namespace

std::span<const Builtin> builtin_models() {
  static constexpr auto all = [] {
    std::array<Builtin, entries.size()> builtins{};
    for (std::size_t i = 0; i < entries.size(); ++i) builtins[i] = entries[i].builtin;
    return builtins;
  }();
  return all;
}

bool is_builtin(std::string_view name) {
  return name.starts_with(prefix);
}

std::shared_ptr<ov::Model> make_builtin(std::string_view name) {
  std::string known;
  for (const Entry& entry : entries) {
    if (entry.builtin.name == name) return entry.make();
    known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.builtin.name);
  }
  throw base::UserError(fmt::format("model '{}': there is no such model; those built in are: {}", name, known));
}

Cost cost_of(const ov::Model& model) {
  Cost cost;
  for (const auto& node : model.get_ordered_ops()) {
    const bool multiplies = ov::is_type<op::Convolution>(node) || ov::is_type<op::MatMul>(node);
    if (!multiplies && !ov::is_type<op::Add>(node)) continue;
    for (const auto& in : node->inputs()) {
      const auto weights = ov::as_type_ptr<op::Constant>(in.get_source_output().get_node_shared_ptr());
      if (!weights) continue;
      const std::uint64_t elements = ov::shape_size(weights->get_shape());
      if (!multiplies) {
        // A bias has one element a channel; what else is added, such as the cells' places, isn't learned.
        if (elements == node->get_output_shape(0).at(1)) cost.parameters += elements;
        continue;
      }
      cost.parameters += elements;
      // Each weight of a convolution is used once for every place of the output; of a matrix, once a row.
      const ov::Shape& out = node->get_output_shape(0);
      const std::uint64_t uses =
          ov::is_type<op::Convolution>(node) ? ov::shape_size(out) / out.at(1) : ov::shape_size(out) / out.back();
      cost.flops += 2 * elements * uses;
    }
  }
  return cost;
}

}  // namespace inferqueue::models
