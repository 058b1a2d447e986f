// The built-in models: what they cost, what they compute, and that they are the same every time.
#include "models/builtin.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <openvino/openvino.hpp>

#include "base/user_error.hpp"
#include "vision/heads/registry.hpp"

namespace inferqueue::models {
namespace {

/// One f32 inference on a ramp 0..1.
std::vector<float> infer(std::string_view name, float from = 0) {
  ov::Core core;
  auto request = core.compile_model(make_builtin(name), "CPU", ov::hint::inference_precision(ov::element::f32))
                     .create_infer_request();
  ov::Tensor input = request.get_input_tensor();
  for (std::size_t i = 0; i < input.get_size(); ++i)
    input.data<float>()[i] = from + static_cast<float>(i) / static_cast<float>(input.get_size());
  request.infer();
  const ov::Tensor output = request.get_output_tensor();
  return {output.data<float>(), output.data<float>() + output.get_size()};
}

TEST(Builtin, YolosHaveTheCostThatIsPublished) {
  // Published for 640x640: YOLOv5n 1.9 M parameters and 4.5 GFLOPs, YOLOv5s 7.2 M and 16.5.
  const Cost n = cost_of(*make_builtin("builtin:yolov5n"));
  EXPECT_EQ(n.parameters, 1867405U);
  EXPECT_NEAR(static_cast<double>(n.flops), 4.5e9, 0.05e9);
  const Cost s = cost_of(*make_builtin("builtin:yolov5s"));
  EXPECT_EQ(s.parameters, 7225885U);
  EXPECT_NEAR(static_cast<double>(s.flops), 16.5e9, 0.1e9);
}

TEST(Builtin, YolosAreDetectorsThatFindNothing) {
  for (const std::string name : {"builtin:yolov5n", "builtin:yolov5s"}) {
    SCOPED_TRACE(name);
    const auto recognized =
        vision::recognize({.shape = make_builtin(name)->output().get_shape(), .network = {640, 640}});
    ASSERT_NE(recognized.head, nullptr) << recognized.explanation;
    EXPECT_EQ(recognized.head->classes(), 80U);
    const std::vector<float> output = infer(name);
    std::vector<vision::Candidate> found;
    recognized.head->decode(output, {.conf = 0.01F}, found);
    EXPECT_TRUE(found.empty());
    // Decoded for real: the boxes' centres lie all over the picture.
    float least = 640;
    float most = 0;
    for (std::size_t row = 0; row < output.size(); row += 85) {
      least = std::min(least, output[row]);
      most = std::max(most, output[row]);
    }
    EXPECT_LT(least, 8);
    EXPECT_GT(most, 632);
  }
}

TEST(Builtin, ReluIsRelu) {
  const std::vector<float> output = infer("builtin:relu", -0.5F);
  ASSERT_EQ(output.size(), 16U);
  for (std::size_t i = 0; i < output.size(); ++i)
    EXPECT_FLOAT_EQ(output[i], std::max(0.0F, -0.5F + static_cast<float>(i) / 16));
}

TEST(Builtin, MlpHasTenOutputsThatDependOnTheInput) {
  const std::vector<float> output = infer("builtin:mlp");
  ASSERT_EQ(output.size(), 10U);
  EXPECT_NE(output, infer("builtin:mlp", 1));
  EXPECT_EQ(cost_of(*make_builtin("builtin:mlp")).parameters, 256U * 512 + 512 * 512 + 512 * 10);
}

TEST(Builtin, WeightsAreTheSameEveryTime) {
  EXPECT_EQ(infer("builtin:mlp"), infer("builtin:mlp"));
  // Also on other machines: these numbers were written down once.
  const std::vector<float> output = infer("builtin:mlp");
  const auto nonzero = std::ranges::count_if(output, [](float value) { return value > 0; });
  EXPECT_GT(nonzero, 0);
  EXPECT_LT(nonzero, 10);
}

TEST(Builtin, AnUnknownNameIsRefusedWithTheKnownOnes) {
  EXPECT_TRUE(is_builtin("builtin:nope"));
  EXPECT_FALSE(is_builtin("nope.xml"));
  try {
    make_builtin("builtin:nope");
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_EQ(std::string(error.what()),
              "model 'builtin:nope': there is no such model; those built in are: builtin:relu, builtin:mlp, "
              "builtin:yolov5n, builtin:yolov5s");
  }
}

}  // namespace
}  // namespace inferqueue::models
