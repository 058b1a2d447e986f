#include "pipeline/late_decoding.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <openvino/op/constant.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/transpose.hpp>

#include "vision/heads/yolov5_maps.hpp"

namespace inferqueue::pipeline {
namespace {

using Outputs = std::vector<ov::Output<ov::Node>>;

constexpr std::size_t first_class = 5;

/// The places in a graph where its decoding begins: outputs [1, anchors * (5 + classes), height, width], in the order
/// in which the graph joins them.
class Maps {
 public:
  Maps(std::size_t classes, std::size_t rows) : row_(first_class + classes), rows_(rows) {}

  /// True if everything that `end` is computed from comes through maps that have as many rows together as it has.
  bool find(const ov::Output<ov::Node>& end) {
    if (!visit(end)) return false;
    std::size_t rows = 0;
    for (const auto& map : found_) rows += ov::shape_size(map.get_shape()) / row_;
    return !found_.empty() && rows == rows_;
  }
  const Outputs& found() const { return found_; }

 private:
  bool visit(const ov::Output<ov::Node>& place) {
    if (is_map(place)) {
      if (std::ranges::find(found_, place) == found_.end()) found_.push_back(place);
      return true;
    }
    const ov::Node* const node = place.get_node();
    if (ov::is_type<ov::op::v0::Parameter>(node)) return false;
    if (!seen_.insert(node).second) return true;
    const Outputs inputs = node->input_values();
    return std::ranges::all_of(inputs, [this](const auto& input) { return visit(input); });
  }

  bool is_map(const ov::Output<ov::Node>& place) const {
    const ov::PartialShape& shape = place.get_partial_shape();
    if (shape.is_dynamic() || shape.size() != 4 || place.get_element_type() != ov::element::f32) return false;
    const ov::Shape fixed = shape.to_shape();
    return fixed[0] == 1 && fixed[1] >= row_ && fixed[1] % row_ == 0;
  }

  std::size_t row_;
  std::size_t rows_;
  std::set<const ov::Node*> seen_;
  Outputs found_;
};

/// The end of a graph by itself: from the maps to the output.
class End {
 public:
  End(const std::shared_ptr<ov::Model>& graph, std::size_t output, std::size_t classes, std::size_t rows) {
    const std::shared_ptr<ov::Model> copy = graph->clone();
    const std::shared_ptr<ov::Node> result = copy->get_results().at(output);
    Maps maps(classes, rows);
    if (!maps.find(result->input_value(0))) return;
    ov::ParameterVector parameters;
    for (ov::Output<ov::Node> map : maps.found()) {
      parameters.push_back(std::make_shared<ov::op::v0::Parameter>(ov::element::f32, map.get_shape()));
      map.replace(parameters.back()->output(0));
    }
    model_ = std::make_shared<ov::Model>(ov::OutputVector{result->input_value(0)}, parameters);
  }

  bool exists() const { return model_ != nullptr; }
  std::size_t maps() const { return model_->inputs().size(); }
  ov::Shape shape(std::size_t map) const { return model_->input(map).get_shape(); }

  /// The output for these maps; empty if it can't be computed.
  std::vector<float> run(const std::vector<std::vector<float>>& maps) const {
    ov::TensorVector inputs;
    for (std::size_t i = 0; i < maps.size(); ++i) {
      inputs.emplace_back(ov::element::f32, shape(i));
      std::ranges::copy(maps[i], inputs.back().data<float>());
    }
    ov::TensorVector outputs{ov::Tensor(model_->output().get_element_type(), model_->output().get_shape())};
    if (outputs[0].get_element_type() != ov::element::f32 || !model_->evaluate(outputs, inputs)) return {};
    const auto* const values = outputs[0].data<const float>();
    return {values, values + outputs[0].get_size()};
  }

 private:
  std::shared_ptr<ov::Model> model_;
};

/// Numbers as a network may put out, the same on every machine.
std::vector<float> scattered(std::size_t count, std::uint32_t seed) {
  std::vector<float> values(count);
  for (float& value : values) {
    seed = seed * 1664525U + 1013904223U;
    value = static_cast<float>(seed >> 8U) / static_cast<float>(1U << 21U) - 4;  // -4 to 4
  }
  return values;
}

/// For zeros every sigmoid is a half: a box is exactly as large as its anchor.
std::vector<vision::Yolov5Map> measure(const End& end, std::size_t classes, vision::Size network) {
  std::vector<std::vector<float>> zeros(end.maps());
  for (std::size_t i = 0; i < end.maps(); ++i) zeros[i].resize(ov::shape_size(end.shape(i)));
  const std::vector<float> rows = end.run(zeros);
  if (rows.empty()) return {};
  std::vector<vision::Yolov5Map> maps;
  const float* row = rows.data();
  for (std::size_t i = 0; i < end.maps(); ++i) {
    const ov::Shape shape = end.shape(i);
    vision::Yolov5Map map;
    map.cells = {static_cast<int>(shape[3]), static_cast<int>(shape[2])};
    map.stride = static_cast<float>(network.width) / static_cast<float>(map.cells.width);
    for (std::size_t a = 0; a < shape[1] / (first_class + classes); ++a) {
      map.anchors.push_back({row[2], row[3]});
      row += shape[2] * shape[3] * (first_class + classes);
    }
    maps.push_back(std::move(map));
  }
  return maps;
}

bool is_near(float value, float wanted) {
  return std::abs(value - wanted) <= 1e-4F * std::max(1.F, std::abs(wanted));
}

/// The row that a head must have read this candidate from.
bool is_row(std::span<const float> row, const vision::Candidate& candidate) {
  const std::span<const float> probabilities = row.subspan(first_class);
  const float best = *std::ranges::max_element(probabilities);
  const vision::Box& box = candidate.box;
  return is_near((box.x1 + box.x2) / 2, row[0]) && is_near((box.y1 + box.y2) / 2, row[1]) &&
         is_near(box.x2 - box.x1, row[2]) && is_near(box.y2 - box.y1, row[3]) &&
         is_near(candidate.score, row[4] * best) &&
         is_near(probabilities[static_cast<std::size_t>(candidate.class_id)], best);
}

/// A map as the head reads it: its values of one cell together.
std::vector<float> cell_by_cell(const std::vector<float>& map, std::size_t cells) {
  std::vector<float> turned(map.size());
  const std::size_t values = map.size() / cells;
  for (std::size_t i = 0; i < map.size(); ++i) turned[i % cells * values + i / cells] = map[i];
  return turned;
}

ov::Output<ov::Node> cell_by_cell(const ov::Output<ov::Node>& map) {
  const auto order = ov::op::v0::Constant::create(ov::element::i64, {4}, {0, 2, 3, 1});
  return std::make_shared<ov::op::v1::Transpose>(map, order);
}

/// Whether the head finds every row of what the end itself makes of the same numbers.
bool agrees(const vision::Head& head, const End& end, std::size_t classes) {
  std::vector<std::vector<float>> maps(end.maps());
  for (std::size_t i = 0; i < end.maps(); ++i)
    maps[i] = scattered(ov::shape_size(end.shape(i)), static_cast<std::uint32_t>(i + 1));
  const std::vector<float> rows = end.run(maps);
  const std::size_t row = first_class + classes;
  std::vector<vision::Output> views;
  for (std::size_t i = 0; i < end.maps(); ++i) {
    maps[i] = cell_by_cell(maps[i], end.shape(i)[2] * end.shape(i)[3]);
    views.emplace_back(std::span<const float>(maps[i]));
  }
  std::vector<vision::Candidate> candidates;
  head.decode_all(views, {.conf = 0}, candidates);
  if (rows.size() != candidates.size() * row) return false;
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (!is_row(std::span(rows).subspan(i * row, row), candidates[i])) return false;
  return true;
}

}  // namespace

std::optional<LateDecoding> decode_late(const std::shared_ptr<ov::Model>& graph, std::size_t output,
                                        std::size_t classes, vision::Size network) {
  const ov::PartialShape shape = graph->output(output).get_partial_shape();
  if (shape.is_dynamic() || shape.size() != 3) return std::nullopt;
  const std::size_t rows = shape.to_shape()[1];
  const End end(graph, output, classes, rows);
  if (!end.exists()) return std::nullopt;
  std::vector<vision::Yolov5Map> measured = measure(end, classes, network);
  if (measured.empty()) return std::nullopt;
  auto head = std::make_unique<const vision::Yolov5MapsHead>(classes, std::move(measured));
  if (!agrees(*head, end, classes)) return std::nullopt;
  const std::shared_ptr<ov::Model> copy = graph->clone();
  Maps maps(classes, rows);
  maps.find(copy->get_results().at(output)->input_value(0));
  Outputs turned;
  for (const ov::Output<ov::Node>& map : maps.found()) turned.push_back(cell_by_cell(map));
  auto late = std::make_shared<ov::Model>(turned, copy->get_parameters(), graph->get_friendly_name());
  return LateDecoding{std::move(late), std::move(head)};
}

}  // namespace inferqueue::pipeline
