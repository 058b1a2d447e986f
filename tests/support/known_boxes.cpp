#include "support/known_boxes.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/divide.hpp>
#include <openvino/op/fake_quantize.hpp>
#include <openvino/op/gather.hpp>
#include <openvino/op/greater.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/non_zero.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/shape_of.hpp>
#include <openvino/op/transpose.hpp>

#include "support/models.hpp"
#include "support/onnx_file.hpp"

namespace inferqueue::testing {
namespace {

namespace op = ov::op;

std::shared_ptr<op::v0::Constant> number(std::int64_t value) {
  return op::v0::Constant::create(ov::element::i64, {}, {value});
}

/// The middle of axis 2 or 3.
ov::Output<ov::Node> middle(const ov::Output<ov::Node>& picture, std::int64_t axis) {
  const auto shape = std::make_shared<op::v3::ShapeOf>(picture, ov::element::i64);
  const auto length = std::make_shared<op::v8::Gather>(shape, number(axis), number(0));
  const auto half = std::make_shared<op::v1::Divide>(length, number(2));
  return std::make_shared<op::v8::Gather>(picture, half, number(axis));
}

/// The boxes, and a share of red for the width of the first.
ov::Output<ov::Node> output_of(const KnownBoxes& variant, const ov::Output<ov::Node>& red) {
  const KnownOutput known = known_output(variant.layout, variant.classes);
  const auto gain = op::v0::Constant::create(ov::element::f32, ov::Shape(known.shape), known.gain);
  const auto fixed = op::v0::Constant::create(ov::element::f32, ov::Shape(known.shape), known.fixed);
  const auto share = std::make_shared<op::v1::Multiply>(red, gain);
  return std::make_shared<op::v1::Add>(share, fixed);
}

/// Of [1, N, 6] the rows with a score above the threshold.
ov::Output<ov::Node> rows_above(const ov::Output<ov::Node>& rows, const ov::Output<ov::Node>& threshold) {
  const auto scores = std::make_shared<op::v8::Gather>(rows, number(4), number(2));
  const auto places = std::make_shared<op::v3::NonZero>(std::make_shared<op::v1::Greater>(scores, threshold));
  const auto indices = std::make_shared<op::v8::Gather>(places, number(1), number(0));
  return std::make_shared<op::v8::Gather>(rows, indices, number(1));
}

/// The red of pixels [1, 3] by a product of 8-bit numbers, [1, 1]: what is a whole number of 255ths stays so.
ov::Output<ov::Node> red_in_int8(const ov::Output<ov::Node>& pixel) {
  const auto scalar = [](float value) { return op::v0::Constant::create(ov::element::f32, {}, {value}); };
  const auto quantized = std::make_shared<op::v0::FakeQuantize>(pixel, scalar(0), scalar(1), scalar(0), scalar(1), 256);
  const auto weights = op::v0::Constant::create(ov::element::i8, {3, 1}, {127, 0, 0});
  const auto scaled = std::make_shared<op::v1::Multiply>(std::make_shared<op::v0::Convert>(weights, ov::element::f32),
                                                         scalar(1.F / 127));
  return std::make_shared<op::v0::MatMul>(quantized, scaled);
}

/// Something of a shape, that depends on the picture so that it isn't a constant.
ov::Output<ov::Node> any(const ov::Output<ov::Node>& red, const ov::Shape& shape) {
  return std::make_shared<op::v1::Add>(
      red, op::v0::Constant::create(ov::element::f32, shape, std::vector<float>(ov::shape_size(shape))));
}

}  // namespace

std::shared_ptr<ov::Model> known_boxes_model(const KnownBoxes& variant) {
  const auto parameter = std::make_shared<op::v0::Parameter>(variant.input_type, variant.input);
  parameter->output(0).set_names({"images"});
  ov::Output<ov::Node> picture = parameter;
  if (variant.hook) picture = std::make_shared<HookOp>(picture);
  if (variant.input_type != ov::element::f32) picture = std::make_shared<op::v0::Convert>(picture, ov::element::f32);
  // [batch, 3, h, w] -> [batch, 3, w] -> [batch, 3]: the middle row's middle pixel.
  const auto row = middle(picture, 2);
  const auto shape = std::make_shared<op::v3::ShapeOf>(row, ov::element::i64);
  const auto half =
      std::make_shared<op::v1::Divide>(std::make_shared<op::v8::Gather>(shape, number(2), number(0)), number(2));
  const auto pixel = std::make_shared<op::v8::Gather>(row, half, number(2));
  // The first picture's red, as [1, 1, 1]; nonsense is [1, 1].
  const auto red_of_each = std::make_shared<op::v8::Gather>(pixel, number(0), number(1));
  ov::Output<ov::Node> scalar = std::make_shared<op::v8::Gather>(red_of_each, number(0), number(0));
  if (variant.int8) scalar = red_in_int8(pixel);
  ov::Output<ov::Node> found = output_of(variant, scalar);
  if (variant.dynamic_rows) found = rows_above(found, scalar);
  if (variant.output_type != ov::element::f32) found = std::make_shared<op::v0::Convert>(found, variant.output_type);
  found.set_names({"output0"});
  ov::OutputVector outputs{found};
  if (variant.output_among_others) outputs = {any(scalar, {1, 3, 8, 8, 8}), found, any(scalar, {1, 32, 16, 16})};
  auto model = std::make_shared<ov::Model>(outputs, ov::ParameterVector{parameter}, "known_boxes");
  if (!variant.names.empty()) model->set_rt_info(variant.names, "framework", "names");
  for (const auto& [key, value] : variant.metadata) model->set_rt_info(value, "framework", key);
  return model;
}

std::filesystem::path save_known_boxes(const std::filesystem::path& path, const KnownBoxes& variant) {
  ov::save_model(known_boxes_model(variant), path, /*compress_to_fp16=*/false);
  return path;
}

std::filesystem::path save_known_boxes_onnx(const std::filesystem::path& path, const KnownBoxes& variant) {
  const KnownOutput known = known_output(variant.layout, variant.classes);
  OnnxFile file;
  file.input("images", {1, 3, 64, 64});
  file.constant("middle", std::int64_t{32});
  file.node("Gather", {"images", "middle"}, "row", 2);
  file.node("Gather", {"row", "middle"}, "pixel", 2);
  if (variant.int8) {
    file.constant("pixel_scale", std::vector<float>{1.F / 255});
    file.constant("pixel_zero", std::uint8_t{0});
    file.node("QuantizeLinear", {"pixel", "pixel_scale", "pixel_zero"}, "pixel_quantized");
    file.node("DequantizeLinear", {"pixel_quantized", "pixel_scale", "pixel_zero"}, "colours");
    file.constant("weights_quantized", std::vector<std::int8_t>{127, 0, 0}, {3, 1});
    file.constant("weights_scale", std::vector<float>{1.F / 127});
    file.constant("weights_zero", std::vector<std::int8_t>{0}, {});
    file.node("DequantizeLinear", {"weights_quantized", "weights_scale", "weights_zero"}, "weights");
  } else {
    file.node("Identity", {"pixel"}, "colours");
    file.constant("weights", std::vector<float>{1, 0, 0}, {3, 1});
  }
  file.node("MatMul", {"colours", "weights"}, "red");
  file.constant("gain", known.gain, known.shape);
  file.constant("fixed", known.fixed, known.shape);
  file.node("Mul", {"red", "gain"}, "share");
  file.node("Add", {"share", "fixed"}, "output0");
  file.output("output0", known.shape);
  if (!variant.names.empty()) file.metadata({{"names", variant.names}});
  file.metadata(variant.metadata);
  return file.save(path);
}

std::vector<vision::Detection> known_detections(int red) {
  const float half = 8 + 16 * static_cast<float>(red) / 255;
  return {{.box = {32 - half, 16, 32 + half, 48}, .score = 0.9F, .class_id = 1},
          {.box = {4, 4, 12, 20}, .score = 0.5F, .class_id = 0},
          {.box = {40, 44, 60, 60}, .score = 0.3F, .class_id = 2}};
}

void expect_detections(const std::vector<vision::Detection>& found, const std::vector<vision::Detection>& wanted,
                       float pixels) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    SCOPED_TRACE(fmt::format("detection {}", i));
    EXPECT_EQ(found[i].class_id, wanted[i].class_id);
    EXPECT_NEAR(found[i].score, wanted[i].score, 0.001F);
    EXPECT_NEAR(found[i].box.x1, wanted[i].box.x1, pixels);
    EXPECT_NEAR(found[i].box.y1, wanted[i].box.y1, pixels);
    EXPECT_NEAR(found[i].box.x2, wanted[i].box.x2, pixels);
    EXPECT_NEAR(found[i].box.y2, wanted[i].box.y2, pixels);
  }
}

cv::Mat plain(int red, int width, int height) {
  return {height, width, CV_8UC3, cv::Scalar(10, 20, red)};
}

std::filesystem::path write(const std::filesystem::path& path, const cv::Mat& picture) {
  if (!cv::imwrite(path.string(), picture)) throw std::runtime_error("OpenCV can't write " + path.string());
  return path;
}

std::vector<std::filesystem::path> write_many(const std::filesystem::path& folder, std::size_t count) {
  std::filesystem::create_directories(folder);
  std::vector<std::filesystem::path> paths;
  paths.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    paths.push_back(write(folder / fmt::format("{:04}.png", i), plain(red_of(i))));
  return paths;
}

}  // namespace inferqueue::testing
