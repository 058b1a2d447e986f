// Every layout from the file to the objects, which are known: IR and ONNX, f32 and INT8.
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "pipeline/f32_options.hpp"
#include "pipeline/model.hpp"
#include "pipeline/pipeline.hpp"
#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using Layout = testing::KnownLayout;
using testing::KnownBoxes;

struct Known {
  std::string_view test_name;
  Layout layout;
  std::string_view head;    // how the layout is called
  std::string_view option;  // of --head
};

enum class Format { ir, onnx };

class Heads : public ::testing::TestWithParam<std::tuple<Known, Format, bool>> {
 protected:
  Heads() : known_(std::get<0>(GetParam())) {
    variant_.layout = known_.layout;
    variant_.int8 = std::get<2>(GetParam());
    variant_.names = "{0: 'cat', 1: 'dog', 2: 'hen'}";
  }

  DetectorModel load(std::string_view option = vision::kAutoHead) {
    const bool ir = std::get<1>(GetParam()) == Format::ir;
    const fs::path path =
        ir ? save_known_boxes(temp_ / "model.xml", variant_) : save_known_boxes_onnx(temp_ / "model.onnx", variant_);
    return load_model(core_, path, std::nullopt, option);
  }

  /// What is to be found: nothing of ours drops the twin of an end-to-end detector.
  std::vector<vision::Detection> expected(int red) const {
    std::vector<vision::Detection> wanted = testing::known_detections(red);
    if (known_.layout == Layout::end2end)
      wanted.insert(wanted.begin() + 1, {.box = {24, 16, 40, 48}, .score = 0.6F, .class_id = 1});
    return wanted;
  }

  Known known_;
  KnownBoxes variant_;
  testing::TempFolder temp_;
  ov::Core core_;
};

TEST_P(Heads, FindWhatIsThereThroughTheQueue) {
  const DetectorModel model = load();
  EXPECT_EQ(model.head->name(), known_.head);
  EXPECT_EQ(model.head->classes(), 3U);
  EXPECT_EQ(model.labels, (std::vector<std::string>{"cat", "dog", "hen"}));
  AsyncInferQueue queue(compile(core_, model, f32()), 3);
  std::size_t delivered = 0;
  detect_pictures(model, queue, testing::write_many(temp_ / "many", 20), {}, [&](const PictureResult& result) {
    SCOPED_TRACE(result.source.string());
    EXPECT_EQ(result.error, "");
    testing::expect_detections(result.detections, expected(testing::red_of(result.index)));
    ++delivered;
  });
  EXPECT_EQ(delivered, 20U);
}

TEST_P(Heads, AreChosenByTheOptionToo) {
  EXPECT_EQ(load(known_.option).head->name(), known_.head);
}

INSTANTIATE_TEST_SUITE_P(Layouts, Heads,
                         ::testing::Combine(::testing::Values(Known{"Yolov5", Layout::yolov5, "YOLOv5", "yolov5"},
                                                              Known{"Yolov8", Layout::yolov8, "YOLOv8", "yolov8"},
                                                              Known{"Yolov8Transposed", Layout::yolov8_transposed,
                                                                    "YOLOv8 transposed", "yolov8-transposed"},
                                                              Known{"EndToEnd", Layout::end2end, "end-to-end",
                                                                    "end2end"}),
                                            ::testing::Values(Format::ir, Format::onnx), ::testing::Bool()),
                         [](const auto& tested) {
                           return std::string(std::get<0>(tested.param).test_name) +
                                  (std::get<1>(tested.param) == Format::ir ? "Ir" : "Onnx") +
                                  (std::get<2>(tested.param) ? "Int8" : "F32");
                         });

class HeadsOf : public ::testing::Test {
 protected:
  DetectorModel load(const KnownBoxes& variant, std::string_view head = vision::kAutoHead) {
    return load_model(core_, save_known_boxes(temp_ / "model.xml", variant), std::nullopt, head);
  }
  /// How many objects are found in pictures of so much red each.
  std::vector<std::size_t> found_in(const DetectorModel& model, const std::vector<int>& reds) {
    std::vector<fs::path> pictures;
    for (const int red : reds)
      pictures.push_back(testing::write(temp_ / (std::to_string(pictures.size()) + ".png"), testing::plain(red)));
    AsyncInferQueue queue(compile(core_, model, f32()), 2);
    std::vector<std::size_t> found;
    detect_pictures(model, queue, pictures, {}, [&](const PictureResult& result) {
      EXPECT_EQ(result.error, "");
      found.push_back(result.detections.size());
    });
    return found;
  }

  testing::TempFolder temp_;
  ov::Core core_;
};

TEST_F(HeadsOf, RowsWhoseNumberIsKnownOnlyThenAreRead) {
  const DetectorModel model = load({.layout = Layout::end2end, .dynamic_rows = true});
  EXPECT_TRUE(model.graph->output().get_partial_shape().is_dynamic());
  EXPECT_EQ(model.head->name(), "end-to-end");
  EXPECT_EQ(model.head->classes(), std::nullopt);
  // Scores of 0.9, 0.6, 0.5, 0.3 and 0.2 against a red of 0, 0.4 and 1.
  EXPECT_EQ(found_in(model, {0, 102, 255, 255, 102, 0, 255, 0}), (std::vector<std::size_t>{4, 3, 0, 0, 3, 4, 0, 4}));
}

TEST_F(HeadsOf, Int8IsComputedInInt8) {
  const ov::CompiledModel compiled = compile(core_, load({.layout = Layout::yolov8, .int8 = true}), f32());
  std::size_t products = 0;
  for (const auto& node : compiled.get_runtime_model()->get_ops()) {
    const auto& info = node->get_rt_info();
    if (info.at("layerType").as<std::string>() != "FullyConnected") continue;
    ++products;
    EXPECT_EQ(info.at("runtimePrecision").as<std::string>(), "u8");
  }
  EXPECT_EQ(products, 1U);
}

TEST_F(HeadsOf, F16IsReadToo) {
  for (const Layout layout : {Layout::yolov8, Layout::yolov8_transposed, Layout::end2end}) {
    const DetectorModel model =
        load({.layout = layout, .input_type = ov::element::f16, .output_type = ov::element::f16});
    EXPECT_EQ(found_in(model, {0}), std::vector<std::size_t>{layout == Layout::end2end ? 4U : 3U});
  }
}

TEST_F(HeadsOf, AHeadThatDoesNotFitIsRefusedWithThoseThatWould) {
  EXPECT_EQ(testing::user_error_of([&] { load({.layout = Layout::yolov8}, "end2end"); }),
            "--head end2end: doesn't fit model '" + (temp_ / "model.xml").string() +
                "': the output [1,7,84] is not end-to-end [1,N,6]; --head yolov5 or --head yolov8 would fit");
  EXPECT_EQ(load({.layout = Layout::end2end}, "yolov5").head->name(), "YOLOv5");
}

TEST_F(HeadsOf, TheOutputThatFitsBestIsTaken) {
  const DetectorModel model = load({.layout = Layout::yolov8, .output_among_others = true});
  EXPECT_EQ(model.outputs, std::vector<std::size_t>{1});
  EXPECT_EQ(model.head->name(), "YOLOv8");
}

}  // namespace
}  // namespace inferqueue::pipeline
