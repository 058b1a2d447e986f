// A network's own decoding, left out of the graph: only where what is found stays the same.
#include "pipeline/late_decoding.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <openvino/op/add.hpp>
#include <openvino/op/concat.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convolution.hpp>
#include <openvino/op/exp.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/relu.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/sigmoid.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/op/variadic_split.hpp>
#include <openvino/runtime/core.hpp>

#include "models/builtin.hpp"
#include "vision/heads/yolov5.hpp"

namespace inferqueue::pipeline {
namespace {

namespace op = ov::op;
using ov::op::v0::Constant;

constexpr std::size_t classes = 2;
constexpr std::size_t values = 5 + classes;
constexpr std::size_t side = 8;  // cells
constexpr float stride = 8;      // pixels
constexpr vision::Size network{64, 64};
const std::array<float, 4> anchors{7, 9, 21, 40};  // nobody's but these tests'

enum class End { as_yolov5, exponential, shifted, with_a_way_round };

std::shared_ptr<Constant> integers(const std::vector<std::int64_t>& numbers) {
  return Constant::create(ov::element::i64, {numbers.size()}, numbers);
}

std::shared_ptr<Constant> scalar(float number) {
  return Constant::create(ov::element::f32, {}, {number});
}

/// Cells' corners in pixels, [1,1,8,8,2], moved by some cells.
std::shared_ptr<Constant> cells(float by) {
  std::vector<float> numbers;
  for (std::size_t y = 0; y < side; ++y)
    for (std::size_t x = 0; x < side; ++x)
      numbers.insert(numbers.end(), {(static_cast<float>(x) + by) * stride, (static_cast<float>(y) + by) * stride});
  return Constant::create(ov::element::f32, {1, 1, side, side, 2}, numbers);
}

/// A detector of one convolution and one scale, [1,3,64,64] to [1,128,7], that ends in one of these ways.
std::shared_ptr<ov::Model> detector(End end) {
  const auto picture = std::make_shared<op::v0::Parameter>(ov::element::f32, ov::Shape{1, 3, 64, 64});
  std::vector<float> weights(2 * values * 3 * 8 * 8);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<float>(i * 2654435761U % 1000) / 4000 - 0.11F;
  const auto map = std::make_shared<op::v1::Convolution>(
      picture, Constant::create(ov::element::f32, {2 * values, 3, 8, 8}, weights), ov::Strides{8, 8},
      ov::CoordinateDiff{0, 0}, ov::CoordinateDiff{0, 0}, ov::Strides{1, 1});
  const auto apart = std::make_shared<op::v1::Reshape>(map, integers({1, 2, values, side, side}), false);
  const auto last = std::make_shared<op::v1::Transpose>(apart, integers({0, 1, 3, 4, 2}));
  const auto s = std::make_shared<op::v0::Sigmoid>(last);
  const auto parts = std::make_shared<op::v1::VariadicSplit>(s, Constant::create(ov::element::i64, {}, {4}),
                                                             integers({2, 2, 1 + classes}));
  const auto centre = std::make_shared<op::v1::Add>(
      std::make_shared<op::v1::Multiply>(parts->output(0), scalar(2 * stride)), cells(end == End::shifted ? 0 : -0.5F));
  const auto doubled = std::make_shared<op::v1::Multiply>(parts->output(1), scalar(2));
  ov::Output<ov::Node> grown = std::make_shared<op::v1::Multiply>(doubled, doubled);
  if (end == End::exponential)  // also 1 where the map is 0
    grown = std::make_shared<op::v0::Exp>(
        std::make_shared<op::v1::Add>(std::make_shared<op::v1::Multiply>(doubled, scalar(2)), scalar(-2)));
  const auto size = std::make_shared<op::v1::Multiply>(
      grown, Constant::create(ov::element::f32, {1, 2, 1, 1, 2}, std::vector<float>(anchors.begin(), anchors.end())));
  ov::Output<ov::Node> rows = std::make_shared<op::v0::Concat>(ov::OutputVector{centre, size, parts->output(2)}, 4);
  if (end == End::with_a_way_round) {  // part of the picture itself
    const auto sum = std::make_shared<op::v1::Reshape>(picture, integers({1, 1, 1, 1, 3 * 64 * 64}), false);
    const auto split = std::make_shared<op::v1::VariadicSplit>(sum, Constant::create(ov::element::i64, {}, {4}),
                                                               integers({1, 3 * 64 * 64 - 1}));
    rows = std::make_shared<op::v1::Add>(rows, split->output(0));
  }
  const auto output = std::make_shared<op::v1::Reshape>(rows, integers({1, 2 * side * side, values}), false);
  return std::make_shared<ov::Model>(ov::OutputVector{std::make_shared<op::v0::Relu>(picture), output},
                                     ov::ParameterVector{picture});
}

/// The candidates above `conf` in one picture of noise.
std::vector<vision::Candidate> candidates(const std::shared_ptr<ov::Model>& graph, const vision::Head& head,
                                          const std::vector<std::size_t>& outputs, float conf) {
  ov::Core core;
  ov::InferRequest request =
      core.compile_model(graph, "CPU", ov::hint::inference_precision(ov::element::f32)).create_infer_request();
  ov::Tensor input = request.get_input_tensor();
  for (std::size_t i = 0; i < input.get_size(); ++i)
    input.data<float>()[i] = static_cast<float>(i * 2246822519U % 1000) / 1000;
  request.infer();
  std::vector<vision::Output> views;
  for (const std::size_t output : outputs) {
    const ov::Tensor tensor = request.get_output_tensor(output);
    views.emplace_back(std::span(tensor.data<const float>(), tensor.get_size()));
  }
  std::vector<vision::Candidate> found;
  head.decode_all(views, {.conf = conf}, found);
  return found;
}

void expect_same(const std::vector<vision::Candidate>& found, const std::vector<vision::Candidate>& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].class_id, wanted[i].class_id) << i;
    ASSERT_NEAR(found[i].score, wanted[i].score, 1e-5) << i;
    ASSERT_NEAR(found[i].box.x1, wanted[i].box.x1, 1e-2) << i;
    ASSERT_NEAR(found[i].box.y1, wanted[i].box.y1, 1e-2) << i;
    ASSERT_NEAR(found[i].box.x2, wanted[i].box.x2, 1e-2) << i;
    ASSERT_NEAR(found[i].box.y2, wanted[i].box.y2, 1e-2) << i;
  }
}

TEST(LateDecoding, MeasuresAnchorsAndFindsTheSame) {
  const auto graph = detector(End::as_yolov5);
  const auto late = decode_late(graph, 1, classes, network);
  ASSERT_TRUE(late);
  EXPECT_EQ(late->graph->outputs().size(), 1U);
  EXPECT_EQ(late->graph->output(0).get_shape(), (ov::Shape{1, side, side, 2 * values}));
  const auto wanted = candidates(graph, vision::Yolov5Head(classes), {1}, 0);
  EXPECT_EQ(wanted.size(), 2 * side * side);
  expect_same(candidates(late->graph, *late->head, {0}, 0), wanted);
  const float conf = wanted[17].score;
  const auto above = candidates(graph, vision::Yolov5Head(classes), {1}, conf + 1e-4F);
  EXPECT_LT(above.size(), wanted.size());
  expect_same(candidates(late->graph, *late->head, {0}, conf + 1e-4F), above);
}

TEST(LateDecoding, LeavesTheGivenGraphAsItIs) {
  const auto graph = detector(End::as_yolov5);
  const std::size_t operations = graph->get_ops().size();
  ASSERT_TRUE(decode_late(graph, 1, classes, network));
  EXPECT_EQ(graph->get_ops().size(), operations);
  EXPECT_EQ(graph->output(1).get_shape(), (ov::Shape{1, 2 * side * side, values}));
}

TEST(LateDecoding, DoesNothingWhereItWouldFindSomethingElse) {
  for (const End end : {End::exponential, End::shifted, End::with_a_way_round})
    EXPECT_FALSE(decode_late(detector(end), 1, classes, network)) << static_cast<int>(end);
  EXPECT_FALSE(decode_late(detector(End::as_yolov5), 1, classes, {128, 64})) << "another stride";
  EXPECT_FALSE(decode_late(detector(End::as_yolov5), 1, classes + 1, network));
  EXPECT_FALSE(decode_late(detector(End::as_yolov5), 0, classes, network)) << "an output of another rank";
}

TEST(LateDecoding, FindsTheSameInABuiltInYolov5) {
  const auto graph = models::make_builtin("builtin:yolov5n");
  const auto late = decode_late(graph, 0, 80, {640, 640});
  ASSERT_TRUE(late);
  EXPECT_EQ(late->graph->outputs().size(), 3U);
  const auto wanted = candidates(graph, vision::Yolov5Head(80), {0}, 0);
  EXPECT_EQ(wanted.size(), 25200U);
  expect_same(candidates(late->graph, *late->head, {0, 1, 2}, 0), wanted);
}

}  // namespace
}  // namespace inferqueue::pipeline
