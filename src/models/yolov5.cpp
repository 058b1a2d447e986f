#include "models/yolov5.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <openvino/opsets/opset13.hpp>

#include "models/weights.hpp"

namespace inferqueue::models {
namespace {

namespace op = ov::opset13;
using Tensor = ov::Output<ov::Node>;

constexpr std::size_t anchors_per_cell = 3;
/// Pixels, width and height, for the strides 8, 16 and 32 (YOLOv5's own for COCO).
constexpr std::array<std::array<float, 2 * anchors_per_cell>, 3> anchors{
    {{10, 13, 16, 30, 33, 23}, {30, 61, 62, 45, 59, 119}, {116, 90, 156, 198, 373, 326}}};

std::shared_ptr<op::Constant> scalars(const ov::Shape& shape, const std::vector<float>& values) {
  return op::Constant::create(ov::element::f32, shape, values);
}

std::shared_ptr<op::Constant> integers(const std::vector<std::int64_t>& values) {
  return op::Constant::create(ov::element::i64, {values.size()}, values);
}

/// Builds the graph layer by layer; the names of the layers are those of YOLOv5's sources.
class Builder {
 public:
  Builder(Yolov5Size size, std::uint64_t seed) : size_(size), weights_(seed) {}

  std::size_t channels(std::size_t planned) const {
    return static_cast<std::size_t>(std::ceil(static_cast<double>(planned) * size_.width / 8)) * 8;
  }
  std::size_t repeats(std::size_t planned) const {
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(static_cast<double>(planned) * size_.depth)));
  }

  /// A convolution with a bias, without an activation. `bias` is the same for all channels of a kind, in turn.
  Tensor convolution(const Tensor& x, std::size_t out, std::size_t kernel, std::size_t stride, std::size_t padding,
                     float gain, const std::vector<float>& bias) {
    const std::size_t in = x.get_shape()[1];
    const auto fan_in = static_cast<float>(in * kernel * kernel);
    const auto weights = weights_.normal({out, in, kernel, kernel}, gain / std::sqrt(fan_in));
    const auto pad = static_cast<std::ptrdiff_t>(padding);
    const auto convolved =
        std::make_shared<op::Convolution>(x, weights, ov::Strides{stride, stride}, ov::CoordinateDiff{pad, pad},
                                          ov::CoordinateDiff{pad, pad}, ov::Strides{1, 1});
    std::vector<float> biases(out);
    for (std::size_t i = 0; i < out; ++i) biases[i] = bias[i % bias.size()];
    return std::make_shared<op::Add>(convolved, scalars({1, out, 1, 1}, biases));
  }

  Tensor conv(const Tensor& x, std::size_t out, std::size_t kernel, std::size_t stride, std::size_t padding) {
    // The gain keeps the variance through SiLU about as it is.
    return std::make_shared<op::Swish>(convolution(x, out, kernel, stride, padding, 1.4F, {0}));
  }
  Tensor conv(const Tensor& x, std::size_t out, std::size_t kernel = 1, std::size_t stride = 1) {
    return conv(x, out, kernel, stride, kernel / 2);
  }

  Tensor c3(const Tensor& x, std::size_t out, std::size_t bottlenecks, bool shortcut) {
    const std::size_t hidden = out / 2;
    Tensor inner = conv(x, hidden);
    for (std::size_t i = 0; i < bottlenecks; ++i) {
      const Tensor next = conv(conv(inner, hidden), hidden, 3);
      inner = shortcut ? Tensor(std::make_shared<op::Add>(inner, next)) : next;
    }
    return conv(concat({inner, conv(x, hidden)}), out);
  }

  Tensor sppf(const Tensor& x, std::size_t out) {
    std::vector<Tensor> levels{conv(x, x.get_shape()[1] / 2)};
    for (int i = 0; i < 3; ++i)
      levels.push_back(std::make_shared<op::MaxPool>(levels.back(), ov::Strides{1, 1}, ov::Strides{1, 1},
                                                     ov::Shape{2, 2}, ov::Shape{2, 2}, ov::Shape{5, 5})
                           ->output(0));
    return conv(concat(levels), out);
  }

  static Tensor concat(const std::vector<Tensor>& parts) { return std::make_shared<op::Concat>(parts, 1); }

  static Tensor upsample(const Tensor& x) {
    op::Interpolate::InterpolateAttrs how;
    how.mode = op::Interpolate::InterpolateMode::NEAREST;
    how.shape_calculation_mode = op::Interpolate::ShapeCalcMode::SCALES;
    how.coordinate_transformation_mode = op::Interpolate::CoordinateTransformMode::ASYMMETRIC;
    how.nearest_mode = op::Interpolate::NearestMode::FLOOR;
    return std::make_shared<op::Interpolate>(x, scalars({2}, {2, 2}), integers({2, 3}), how);
  }

  /// One level of the head: [1,C,h,w] to [1,3*h*w,5+classes], decoded as YOLOv5 does: centre (2 s - 0.5 + cell) *
  /// stride, size (2 s)² * anchor, where s is the sigmoid of the convolution's output.
  Tensor detect(const Tensor& x, std::size_t level, std::size_t classes, std::size_t side) {
    const std::size_t values = 5 + classes;
    const std::size_t h = x.get_shape()[2];
    const std::size_t w = x.get_shape()[3];
    // Objectness and class scores begin near 0, as in a trained network: e^-6 is 0.0025.
    std::vector<float> bias(values, -6.0F);
    std::fill_n(bias.begin(), 4, 0.0F);
    const Tensor raw = convolution(x, anchors_per_cell * values, 1, 1, 0, 0.02F, bias);
    const auto i64 = [](std::size_t n) { return static_cast<std::int64_t>(n); };
    const auto split =
        std::make_shared<op::Reshape>(raw, integers({1, i64(anchors_per_cell), i64(values), i64(h), i64(w)}), false);
    const auto last = std::make_shared<op::Transpose>(split, integers({0, 1, 3, 4, 2}));
    const auto s = std::make_shared<op::Sigmoid>(last);
    const auto parts = std::make_shared<op::VariadicSplit>(s, op::Constant::create(ov::element::i64, {}, {4}),
                                                           integers({2, 2, i64(1 + classes)}));
    const std::size_t pixels_per_cell = side / h;
    const auto stride = static_cast<float>(pixels_per_cell);
    const auto centre = std::make_shared<op::Add>(
        std::make_shared<op::Multiply>(parts->output(0), scalars({}, {2 * stride})), cells(h, w, stride));
    const auto doubled = std::make_shared<op::Multiply>(parts->output(1), scalars({}, {2}));
    const auto extent = std::make_shared<op::Multiply>(
        std::make_shared<op::Multiply>(doubled, doubled),
        scalars({1, anchors_per_cell, 1, 1, 2}, {anchors.at(level).begin(), anchors.at(level).end()}));
    const auto row = std::make_shared<op::Concat>(Tensors{centre, extent, parts->output(2)}, 4);
    return std::make_shared<op::Reshape>(row, integers({1, i64(anchors_per_cell * h * w), i64(values)}), false);
  }

 private:
  using Tensors = ov::OutputVector;

  /// [1,1,h,w,2]: (cell - 0.5) * stride.
  static std::shared_ptr<op::Constant> cells(std::size_t h, std::size_t w, float stride) {
    std::vector<float> values;
    for (std::size_t y = 0; y < h; ++y)
      for (std::size_t x = 0; x < w; ++x) {
        values.push_back((static_cast<float>(x) - 0.5F) * stride);
        values.push_back((static_cast<float>(y) - 0.5F) * stride);
      }
    return scalars({1, 1, h, w, 2}, values);
  }

  Yolov5Size size_;
  Weights weights_;
};

}  // namespace

std::shared_ptr<ov::Model> make_yolov5(Yolov5Size size, std::size_t side, std::size_t classes, std::uint64_t seed) {
  Builder b(size, seed);
  const auto c = [&](std::size_t planned) { return b.channels(planned); };
  const auto images = std::make_shared<op::Parameter>(ov::element::f32, ov::Shape{1, 3, side, side});
  images->output(0).set_names({"images"});

  const Tensor stem = b.conv(b.conv(images, c(64), 6, 2, 2), c(128), 3, 2);
  const Tensor p3 = b.c3(b.conv(b.c3(stem, c(128), b.repeats(3), true), c(256), 3, 2), c(256), b.repeats(6), true);
  const Tensor p4 = b.c3(b.conv(p3, c(512), 3, 2), c(512), b.repeats(9), true);
  const Tensor p5 = b.sppf(b.c3(b.conv(p4, c(1024), 3, 2), c(1024), b.repeats(3), true), c(1024));

  const Tensor lateral5 = b.conv(p5, c(512));
  const Tensor top4 = b.c3(Builder::concat({Builder::upsample(lateral5), p4}), c(512), b.repeats(3), false);
  const Tensor lateral4 = b.conv(top4, c(256));
  const Tensor out3 = b.c3(Builder::concat({Builder::upsample(lateral4), p3}), c(256), b.repeats(3), false);
  const Tensor out4 = b.c3(Builder::concat({b.conv(out3, c(256), 3, 2), lateral4}), c(512), b.repeats(3), false);
  const Tensor out5 = b.c3(Builder::concat({b.conv(out4, c(512), 3, 2), lateral5}), c(1024), b.repeats(3), false);

  const Tensor output = Builder::concat(
      {b.detect(out3, 0, classes, side), b.detect(out4, 1, classes, side), b.detect(out5, 2, classes, side)});
  output.get_node()->output(0).set_names({"output0"});
  return std::make_shared<ov::Model>(ov::OutputVector{output}, ov::ParameterVector{images}, "yolov5");
}

}  // namespace inferqueue::models
