#include "support/known_boxes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/divide.hpp>
#include <openvino/op/gather.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/reshape.hpp>
#include <openvino/op/shape_of.hpp>
#include <openvino/op/transpose.hpp>

#include "support/models.hpp"

namespace inferqueue::testing {
namespace {

namespace op = ov::op;

constexpr std::size_t rows = 252;   // YOLOv5's for 64 by 64: three anchors in each of 8*8 + 4*4 + 2*2 cells
constexpr std::size_t cells = 84;   // YOLOv8's
constexpr std::size_t first = 200;  // the row of the first box: not the first of the output

/// Centre, size, objectness; the class has probability 1.
struct Row {
  std::array<float, 5> values;
  std::size_t class_id;
};
constexpr std::array<Row, 4> boxes{
    {{{32, 32, 16, 32, 0.9F}, 1}, {{8, 12, 8, 16, 0.5F}, 0}, {{50, 52, 20, 16, 0.3F}, 2}, {{20, 50, 8, 8, 0.2F}, 2}}};

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

/// [1, rows, 5 + classes]: the boxes, and a share of red for the width of the first.
ov::Output<ov::Node> yolov5_rows(const ov::Output<ov::Node>& red, std::size_t classes) {
  const std::size_t width = 5 + classes;
  std::vector<float> fixed(rows * width);
  std::vector<float> gain(rows * width);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const auto row = fixed.begin() + static_cast<std::ptrdiff_t>((first + i) * width);
    std::ranges::copy(boxes[i].values, row);
    row[static_cast<std::ptrdiff_t>(5 + boxes[i].class_id % classes)] = 1;
  }
  gain[first * width + 2] = 32;
  const ov::Shape shape{1, rows, width};
  const auto share = std::make_shared<op::v1::Multiply>(red, op::v0::Constant::create(ov::element::f32, shape, gain));
  return std::make_shared<op::v1::Add>(share, op::v0::Constant::create(ov::element::f32, shape, fixed));
}

/// Something of a shape, that depends on the picture so that it isn't a constant.
ov::Output<ov::Node> any(const ov::Output<ov::Node>& red, const ov::Shape& shape) {
  return std::make_shared<op::v1::Add>(
      red, op::v0::Constant::create(ov::element::f32, shape, std::vector<float>(ov::shape_size(shape))));
}

ov::Output<ov::Node> output_of(const KnownBoxes& variant, const ov::Output<ov::Node>& red) {
  switch (variant.layout) {
    case KnownBoxes::Layout::yolov5:
      return yolov5_rows(red, variant.classes);
    case KnownBoxes::Layout::yolov8:
      return any(red, {1, 4 + variant.classes, cells});
    case KnownBoxes::Layout::nonsense:
      return any(red, {1, 1000});
  }
  throw std::invalid_argument("no such layout");
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
  const auto scalar = std::make_shared<op::v8::Gather>(red_of_each, number(0), number(0));
  ov::Output<ov::Node> found = output_of(variant, scalar);
  if (variant.output_type != ov::element::f32) found = std::make_shared<op::v0::Convert>(found, variant.output_type);
  found.set_names({"output0"});
  ov::OutputVector outputs{found};
  if (variant.output_among_others) outputs = {any(scalar, {1, 3, 8, 8, 8}), found, any(scalar, {1, 32, 16, 16})};
  auto model = std::make_shared<ov::Model>(outputs, ov::ParameterVector{parameter}, "known_boxes");
  if (!variant.names.empty()) model->set_rt_info(variant.names, "framework", "names");
  return model;
}

std::filesystem::path save_known_boxes(const std::filesystem::path& path, const KnownBoxes& variant) {
  ov::save_model(known_boxes_model(variant), path, /*compress_to_fp16=*/false);
  return path;
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
