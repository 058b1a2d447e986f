// What a detector is given and gives, in the types that suit the device.
#include "pipeline/edges.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/runtime/properties.hpp>

#include "pipeline/detector.hpp"
#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "vision/letterbox.hpp"

namespace inferqueue::pipeline {
namespace {

constexpr Edges in_bf16{.input = ov::element::bf16, .output = ov::element::bf16};

DeviceOptions with_precision(const char* precision) {
  DeviceOptions options;
  options.precision = precision;
  return options;
}

class EdgesTest : public ::testing::Test {
 protected:
  DetectorModel load(const std::filesystem::path& name) { return load_model(core, name, std::nullopt); }
  bool has_bf16() const { return core.get_property("CPU", ov::hint::inference_precision) == ov::element::bf16; }

  /// What comes out for one picture of noise, all of it, computed in bf16 where that can be.
  std::vector<float> outputs(const DetectorModel& model, const Edges& edges) {
    const DeviceOptions options = with_precision("bf16");
    ov::InferRequest request = compile(core, with_edges(model, edges), "noise", options).create_infer_request();
    cv::Mat picture(300, 500, CV_8UC3);
    cv::RNG(5).fill(picture, cv::RNG::UNIFORM, 0, 256);
    vision::Letterbox letterbox;
    ov::Tensor input = request.get_input_tensor();
    EXPECT_EQ(input.get_element_type(), edges.input);
    write_input(letterbox, picture, input, model.network);
    request.infer();
    std::vector<float> values;
    for (std::size_t i = 0; i < model.outputs.size(); ++i) {
      const ov::Tensor output = request.get_output_tensor(i);
      EXPECT_EQ(output.get_element_type(), edges.output);
      if (edges.output == ov::element::f32)
        values.insert(values.end(), output.data<const float>(), output.data<const float>() + output.get_size());
      else
        for (std::size_t k = 0; k < output.get_size(); ++k)
          values.push_back(static_cast<float>(output.data<const ov::bfloat16>()[k]));
    }
    return values;
  }

  ov::Core core;
};

TEST_F(EdgesTest, AreBf16WhereTheCpuComputesInIt) {
  const DetectorModel model = load("builtin:yolov5n");
  for (const char* precision : {"", "bf16"}) {
    const Edges edges = edges_for(core, model, with_precision(precision));
    EXPECT_EQ(edges.input, has_bf16() ? ov::element::bf16 : ov::element::u8) << precision;
    EXPECT_EQ(edges.output, has_bf16() ? ov::element::bf16 : ov::element::f32) << precision;
  }
}

TEST_F(EdgesTest, AreBytesAndFloatsElsewhere) {
  const DetectorModel model = load("builtin:yolov5n");
  std::vector<DeviceOptions> others{with_precision("f32"), with_precision("f16"), {}, {}, {}};
  others[2].device = "AUTO";
  others[3].properties[ov::hint::execution_mode.name()] = ov::hint::ExecutionMode::ACCURACY;
  others[4].properties[ov::hint::inference_precision.name()] = ov::element::f32;
  for (const DeviceOptions& options : others) {
    const Edges edges = edges_for(core, model, options);
    EXPECT_EQ(edges.input, ov::element::u8);
    EXPECT_EQ(edges.output, ov::element::f32);
  }
}

TEST_F(EdgesTest, AreBytesAndFloatsOfAQuantizedModel) {
  const testing::TempFolder temp;
  const DetectorModel model = load(testing::save_known_boxes(temp / "model.xml", {.int8 = true}));
  const auto operations = model.graph->get_ops();
  ASSERT_TRUE(
      std::ranges::any_of(operations, [](const auto& op) { return ov::is_type<ov::op::v0::FakeQuantize>(op); }));
  const Edges edges = edges_for(core, model, {});
  EXPECT_EQ(edges.input, ov::element::u8);
  EXPECT_EQ(edges.output, ov::element::f32);
}

TEST_F(EdgesTest, OfAHeadThatReadsFloatsAreFloatsAtTheEnd) {
  const testing::TempFolder temp;
  const DetectorModel model = load(testing::save_known_boxes(temp / "model.xml"));
  EXPECT_EQ(edges_for(core, model, {}).output, ov::element::f32);
}

TEST_F(EdgesTest, GiveTheSameNumbers) {
  const DetectorModel model = load("builtin:yolov5n");
  const std::vector<float> wanted = outputs(model, {});
  const std::vector<float> found = outputs(model, in_bf16);
  ASSERT_EQ(found.size(), wanted.size());
  if (has_bf16()) {
    EXPECT_TRUE(found == wanted) << "to the last bit";
    return;
  }
  double difference = 0;  // by the rounding at the edges alone
  for (std::size_t i = 0; i < found.size(); ++i)
    difference =
        std::max(difference, std::abs(double{found[i]} - double{wanted[i]}) / std::max(1.F, std::abs(wanted[i])));
  EXPECT_LT(difference, 0.05);
}

TEST_F(EdgesTest, LeaveTheModelAsItIs) {
  const DetectorModel model = load("builtin:yolov5n");
  const auto shape = model.graph->input().get_shape();
  const auto compiled = with_edges(model, in_bf16);
  EXPECT_EQ(compiled->input().get_shape(), (ov::Shape{1, shape[2], shape[3], 3}));
  EXPECT_EQ(model.graph->input().get_shape(), shape);
  EXPECT_EQ(model.graph->input().get_element_type(), ov::element::f32);
  EXPECT_EQ(model.graph->output(0).get_element_type(), ov::element::f32);
}

}  // namespace
}  // namespace inferqueue::pipeline
