// What models say of themselves, and what follows from it.
#include "pipeline/metadata.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "pipeline/model.hpp"
#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using Layout = testing::KnownLayout;
using Names = std::vector<std::string>;
using testing::KnownBoxes;
using testing::save_known_boxes;
using testing::save_known_boxes_onnx;

TEST(MetadataYaml, IsReadAsUltralyticsWritesIt) {
  const Metadata metadata =
      parse_metadata_yaml(R"(description: Ultralytics YOLO11n model trained on /usr/src/ultralytics/ultralytics/cfg/
  datasets/coco.yaml
author: Ultralytics
date: '2026-01-02T03:04:05'
stride: 32
task: detect
head: Detect
batch: 1
imgsz:
- 640
- 640
names:
  0: person
  1: traffic light
  2: 'yes'
  3: 'rock ''n'' roll'
  4: "caf\xE9: \"to go\""
  5: a name that is so long that whoever wrote it down had to go on with it
    in a line of its own
  7: last
args:
  batch: 1
  half: false
  nms: false
channels: 3
end2end: false
)");
  EXPECT_EQ(metadata.task, "detect");
  EXPECT_EQ(metadata.head, "Detect");
  EXPECT_EQ(metadata.names,
            (Names{"person", "traffic light", "yes", "rock 'n' roll", "café: \"to go\"",
                   "a name that is so long that whoever wrote it down had to go on with it in a line of its own", "",
                   "last"}));
  EXPECT_EQ(metadata.nms, false);
  EXPECT_EQ(metadata.end2end, false);
}

TEST(MetadataYaml, HasNamesAsAListToo) {
  EXPECT_EQ(parse_metadata_yaml("names:\n- cat\n- 'no'\nstride: 32\n").names, (Names{"cat", "no"}));
  EXPECT_EQ(parse_metadata_yaml("names:\r\n  0: cat\r\n  1: dog\r\n").names, (Names{"cat", "dog"}));
  EXPECT_EQ(parse_metadata_yaml("names: ['cat', 'dog']").names, (Names{"cat", "dog"}));
}

TEST(MetadataYaml, WhatIsSomethingElseIsPassedOver) {
  for (const char* text :
       {"", "\n\n", "names:", "names:\n  x: cat", "names:\n  -1: cat", "names:\n  100000: cat", ": ", "task",
        "task:detect", "# task: segment", "other:\n  task: segment\n  end2end: true", "args:\n  end2end: true", "'",
        "\"", "names:\n  '0: cat", "nms: true", "end2end: maybe", "names: {0: cat}"}) {
    const Metadata metadata = parse_metadata_yaml(text);
    EXPECT_EQ(metadata.task, "") << text;
    EXPECT_EQ(metadata.names, Names{}) << text;
    EXPECT_EQ(metadata.end_to_end(), std::nullopt) << text;
  }
}

TEST(MetadataText, SuppressionIsInsideIfEitherKeySaysSoAndNotIfBothDeny) {
  const auto said = [](const std::string& end2end, const std::string& args) {
    Metadata metadata;
    metadata.take("end2end", end2end);
    metadata.take("args", args);
    return metadata.end_to_end();
  };
  EXPECT_EQ(said("True", "{'nms': False}"), true);
  EXPECT_EQ(said("False", "{'batch': 1, 'nms': True, 'half': False}"), true);
  EXPECT_EQ(said("", "{\"nms\": true}"), true);
  EXPECT_EQ(said("False", "{'nms': False}"), false);
  EXPECT_EQ(said("False", "{'batch': 1}"), std::nullopt);
  EXPECT_EQ(said("", "{'nms': False}"), std::nullopt);
  EXPECT_EQ(said("", ""), std::nullopt);
}

class ModelMetadata : public ::testing::Test {
 protected:
  static constexpr const char* yaml_of_two = "task: detect\nnames:\n  0: cat\n  1: dog\nend2end: true\n";

  DetectorModel load(const fs::path& path, std::string_view head = vision::kAutoHead) {
    return load_model(core_, path, std::nullopt, head);
  }
  DetectorModel load(const KnownBoxes& variant) { return load(save_known_boxes(temp_ / "model.xml", variant)); }
  std::string error_of(const fs::path& path, std::string_view head = vision::kAutoHead) {
    return testing::user_error_of([&] { load(path, head); });
  }

  testing::TempFolder temp_;
  ov::Core core_;
};

TEST_F(ModelMetadata, ModelsOfAnotherTaskAreRefusedByName) {
  for (const char* task : {"segment", "pose", "obb", "classify"}) {
    const KnownBoxes variant{.layout = Layout::yolov8, .metadata = {{"task", task}}};
    for (const fs::path& path :
         {save_known_boxes(temp_ / "model.xml", variant), save_known_boxes_onnx(temp_ / "model.onnx", variant)})
      for (const char* head : {"auto", "yolov8"})
        EXPECT_EQ(error_of(path, head), "model '" + path.string() + "': is no detector: its metadata says task '" +
                                            task + "'; give a model of task 'detect'");
  }
  EXPECT_EQ(load({.layout = Layout::yolov8, .metadata = {{"task", "detect"}}}).head->name(), "YOLOv8");
  EXPECT_NE(
      error_of(save_known_boxes(temp_ / "model.xml", {.metadata = {{"head", "RTDETRDecoder"}}})).find("is an RT-DETR"),
      std::string::npos);
}

TEST_F(ModelMetadata, ASegmentationIsKnownByItsMasksToo) {
  // Beside the boxes there is an output [1,32,16,16]: as many masks as a row may have factors for.
  const auto with = [](std::size_t classes) {
    return KnownBoxes{.input = {1, 3, 64, 64}, .classes = classes, .output_among_others = true};
  };
  const fs::path path = save_known_boxes(temp_ / "model.xml", with(33));
  EXPECT_EQ(error_of(path), "model '" + path.string() +
                                "': is no detector: its output [1,32,16,16] holds a segmentation's masks; give a model "
                                "of task 'detect'");
  EXPECT_EQ(load(with(32)).head->classes(), 32U);
  KnownBoxes sure = with(33);
  sure.metadata = {{"task", "detect"}};
  EXPECT_EQ(load(sure).head->classes(), 33U);
}

TEST_F(ModelMetadata, DecidesBetweenLayoutsOfSixColumns) {
  const auto head_of = [&](const std::string& names, const std::map<std::string, std::string>& metadata) {
    return load({.classes = 1, .names = names, .metadata = metadata}).head->name();
  };
  EXPECT_EQ(head_of("", {}), "YOLOv5");
  EXPECT_EQ(head_of("['cat']", {}), "YOLOv5");
  EXPECT_EQ(head_of("['cat']", {{"end2end", "True"}}), "end-to-end");
  EXPECT_EQ(head_of("['cat']", {{"args", "{'nms': True}"}}), "end-to-end");
}

TEST_F(ModelMetadata, AnEndToEndDetectorHasAsManyClassesAsNames) {
  EXPECT_EQ(load({.layout = Layout::end2end}).head->classes(), std::nullopt);
  const DetectorModel model = load({.layout = Layout::end2end, .names = "['cat', 'dog', 'hen']"});
  EXPECT_EQ(model.head->classes(), 3U);
  EXPECT_EQ(model.labels, (Names{"cat", "dog", "hen"}));
}

TEST_F(ModelMetadata, IsTakenFromTheFileBesideAnIr) {
  const fs::path path = save_known_boxes(temp_ / "model.xml", {.classes = 1});
  EXPECT_EQ(load(path).head->name(), "YOLOv5");
  temp_.file("metadata.yaml", yaml_of_two);
  const DetectorModel model = load(path);
  EXPECT_EQ(model.head->name(), "end-to-end");
  EXPECT_EQ(model.labels, (Names{"cat", "dog"}));
  temp_.file("metadata.yaml", "task: pose\n");
  EXPECT_NE(error_of(path).find("task 'pose'"), std::string::npos);
  fs::current_path(temp_.path());
  EXPECT_NE(error_of("model.xml").find("task 'pose'"), std::string::npos) << "by its name alone";
}

TEST_F(ModelMetadata, TheFileIsNotTakenForThatOfAnotherModel) {
  temp_.file("metadata.yaml", yaml_of_two);
  const fs::path path = save_known_boxes(temp_ / "model.xml", {.classes = 1});
  save_known_boxes(temp_ / "other.xml");
  EXPECT_EQ(load(path).head->name(), "YOLOv5");
  const fs::path onnx = save_known_boxes_onnx(temp_.folder("onnx") / "model.onnx", {.classes = 1});
  temp_.file("onnx/metadata.yaml", yaml_of_two);
  EXPECT_EQ(load(onnx).head->name(), "YOLOv5");
}

TEST_F(ModelMetadata, WhatTheModelHoldsItselfComesFirst) {
  temp_.file("metadata.yaml", yaml_of_two);
  EXPECT_EQ(load({.names = "['one', 'two', 'three']"}).labels, (Names{"one", "two", "three"}));
}

TEST_F(ModelMetadata, LabelsOfTheModelsInfoAreTheLastResort) {
  const auto graph = testing::known_boxes_model();
  graph->set_rt_info(Names{"big_cat", "dog", "hen"}, "model_info", "labels");
  ov::save_model(graph, temp_ / "model.xml", false);
  EXPECT_EQ(load(temp_ / "model.xml").labels, (Names{"big cat", "dog", "hen"}));
}

TEST_F(ModelMetadata, AFileThatIsNoTextDoesNoHarm) {
  const fs::path path = save_known_boxes(temp_ / "model.xml");
  temp_.file("metadata.yaml", std::string(3'000'000, '\xFF'));
  EXPECT_EQ(load(path).head->name(), "YOLOv5");
  fs::remove(temp_ / "metadata.yaml");
  fs::create_directory(temp_ / "metadata.yaml");
  EXPECT_EQ(load(path).labels, Names{});
}

}  // namespace
}  // namespace inferqueue::pipeline
