// Which inputs and outputs are a detector's, and what becomes of them.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "pipeline/edges.hpp"
#include "pipeline/model.hpp"
#include "support/known_boxes.hpp"
#include "support/models.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::KnownBoxes;
using testing::save_known_boxes;
using testing::TempFolder;
using testing::user_error_of;
using vision::Size;

constexpr std::int64_t any = -1;

class ModelShape : public ::testing::Test {
 protected:
  DetectorModel load(const KnownBoxes& variant, std::optional<Size> imgsz = std::nullopt,
                     std::string_view head = vision::kAutoHead) {
    return load_model(core, save_known_boxes(path, variant), imgsz, head);
  }
  /// What is behind "model 'PATH': ".
  std::string error_of(const KnownBoxes& variant, std::optional<Size> imgsz = std::nullopt) {
    return without_name(user_error_of([&] { load(variant, imgsz); }));
  }
  std::string error_of(const std::shared_ptr<ov::Model>& model) {
    ov::save_model(model, path, false);
    return without_name(user_error_of([&] { load_model(core, path, std::nullopt); }));
  }
  std::string without_name(const std::string& error) const {
    const std::string begin = "model '" + path.string() + "': ";
    EXPECT_TRUE(error.starts_with(begin)) << error;
    return error.substr(std::min(begin.size(), error.size()));
  }
  std::string error_for_size(const KnownBoxes& variant, Size imgsz) {
    return user_error_of([&] { load(variant, imgsz); });
  }

  TempFolder temp;
  fs::path path = temp / "model.xml";
  ov::Core core;
};

TEST_F(ModelShape, AStaticInputKeepsItsSize) {
  EXPECT_EQ(load({}).network, (Size{64, 64}));
  EXPECT_EQ(load({}, Size{64, 64}).network, (Size{64, 64}));
  EXPECT_EQ(load({.input = {1, 3, 64, 128}}).network, (Size{.width = 128, .height = 64}));
  EXPECT_EQ(load({.input = {1, 3, 50, 70}}).network, (Size{.width = 70, .height = 50})) << "no rule of 32 for it";
  EXPECT_EQ(error_for_size({}, {.width = 96, .height = 64}),
            "--imgsz 64x96: model '" + path.string() +
                "' has the fixed size 64x64; leave --imgsz out, or export the model with --dynamic");
}

TEST_F(ModelShape, ADynamicInputGetsTheSizeThatIsAskedFor) {
  for (const ov::PartialShape& shape : {ov::PartialShape{any, 3, any, any}, ov::PartialShape{1, 3, any, any},
                                        ov::PartialShape{any, any, any, any}, ov::PartialShape::dynamic()}) {
    SCOPED_TRACE(shape.to_string());
    // The model has as many rows at any size as at 64 by 64, by which it wouldn't be recognized.
    const DetectorModel model = load({.input = shape}, Size{.width = 96, .height = 160}, "yolov5");
    EXPECT_EQ(model.network, (Size{.width = 96, .height = 160}));
    EXPECT_EQ(model.graph->input().get_shape(), (ov::Shape{1, 3, 160, 96}));
    EXPECT_EQ(load({.input = shape}, {}, "yolov5").graph->input().get_shape(), (ov::Shape{1, 3, 640, 640}));
  }
}

TEST_F(ModelShape, APartlyDynamicInputKeepsWhatIsFixed) {
  EXPECT_EQ(load({.input = {1, 3, 64, any}}, Size{.width = 96, .height = 64}).network,
            (Size{.width = 96, .height = 64}));
  EXPECT_EQ(load({.input = {any, 3, 64, 64}}).graph->input().get_shape(), (ov::Shape{1, 3, 64, 64}));
  EXPECT_NE(error_for_size({.input = {1, 3, 64, any}}, {.width = 96, .height = 96}).find("fixed size 64x96"),
            std::string::npos);
}

TEST_F(ModelShape, SizesAreMultiplesOfTheStrideAndNoMoreThanAPictureHas) {
  const KnownBoxes dynamic{.input = {any, 3, any, any}};
  EXPECT_EQ(error_for_size(dynamic, {.width = 330, .height = 640}),
            "--imgsz 640x330: both must be multiples of 32; the nearest are 640 320");
  EXPECT_EQ(error_for_size(dynamic, {.width = 15, .height = 47}),
            "--imgsz 47x15: both must be multiples of 32; the nearest are 32 32");
  for (const int side : {0, -32, -2147483647 - 1})
    EXPECT_TRUE(error_for_size(dynamic, {.width = 64, .height = side}).ends_with("the nearest are 32 64")) << side;
  for (const int side : {8193, 8224, 2147483647})
    EXPECT_EQ(error_for_size(dynamic, {.width = 64, .height = side}),
              "--imgsz " + std::to_string(side) + "x64: more than 8192 pixels");
  EXPECT_EQ(load(dynamic, Size{.width = 32, .height = 8192}, "yolov5").network.height, 8192);
}

TEST_F(ModelShape, AFixedBatchIsRefusedWithWhatToDo) {
  EXPECT_EQ(error_of({.input = {4, 3, 64, 64}}),
            "its input [4,3,64,64] has a fixed batch; export it with batch 1 or --dynamic");
  EXPECT_NE(error_of({.input = {2, 3, any, any}}).find("has a fixed batch"), std::string::npos);
}

TEST_F(ModelShape, AnInputThatIsNoPictureIsShown) {
  EXPECT_EQ(error_of({.input = {1, 64, 64, 3}}),
            "is no detector that can be fed: its input is [1,64,64,3], [1,3,height,width] is expected");
  EXPECT_EQ(error_of({.input = {1, 1, 64, 64}}),
            "is no detector that can be fed: its input is [1,1,64,64], [1,3,height,width] is expected");
  EXPECT_EQ(error_of(testing::relu_model({1, 16})),
            "is no detector that can be fed: its input is [1,16], [1,3,height,width] is expected");
  EXPECT_EQ(error_of(testing::two_inputs_model()),
            "is no detector: it has 2 inputs; one picture [1,3,height,width] is expected");
}

TEST_F(ModelShape, AnOutputThatIsNoDetectorsIsShown) {
  EXPECT_EQ(error_of({.layout = KnownBoxes::Layout::nonsense}),
            "is no detector that is known here: the output [1,1000] for an input of 64 by 64 pixels is not that of a "
            "known detector: YOLOv5 [1,N,5+classes] or YOLOv8 [1,4+classes,N] or YOLOv8 transposed [1,N,4+classes] or "
            "end-to-end [1,N,6]");
  EXPECT_NE(error_of(testing::relu_model({1, 3, 64, 64})).find("[1,3,64,64]"), std::string::npos);
}

TEST_F(ModelShape, TheOutputIsFoundAmongOthers) {
  const DetectorModel model = load({.output_among_others = true});
  EXPECT_EQ(model.outputs, std::vector<std::size_t>{1});
  EXPECT_EQ(model.head->classes(), 3U);
  EXPECT_EQ(load({}).outputs, std::vector<std::size_t>{0});
}

TEST_F(ModelShape, IsCompiledWithTheGivenEdgesWhateverItsOwnTypesAre) {
  for (const ov::element::Type type : {ov::element::f16, ov::element::bf16, ov::element::f64}) {
    SCOPED_TRACE(type.get_type_name());
    const DetectorModel model = load({.input_type = type, .output_type = type, .output_among_others = true});
    for (const ov::element::Type input : {ov::element::u8, ov::element::bf16}) {
      const auto graph = with_edges(model, {.input = input, .output = ov::element::f32});
      EXPECT_EQ(graph->input().get_element_type(), input);
      EXPECT_EQ(graph->input().get_shape(),
                input == ov::element::u8 ? (ov::Shape{1, 3, 64, 64}) : (ov::Shape{1, 64, 64, 3}));
      EXPECT_EQ(graph->output(model.outputs[0]).get_element_type(), ov::element::f32);
      EXPECT_EQ(graph->outputs().size(), 3U);
      EXPECT_EQ(graph->output(model.outputs[0]).get_shape(), (ov::Shape{1, 252, 8}));
      EXPECT_NO_THROW(core.compile_model(graph, "CPU"));
    }
  }
}

TEST_F(ModelShape, WholeNumbersAreNoPictureAndNoScores) {
  EXPECT_EQ(error_of({.input_type = ov::element::u8}), "its input is of type u8; f32 or f16 is expected");
  EXPECT_EQ(error_of({.output_type = ov::element::i32}), "its output is of type i32; f32 or f16 is expected");
}

}  // namespace
}  // namespace inferqueue::pipeline
