// Model files that can't be read: each is named, with what to do about it.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "pipeline/model.hpp"
#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::save_known_boxes;
using testing::TempFolder;
using testing::user_error_of;

class ModelFile : public ::testing::Test {
 protected:
  DetectorModel load(const fs::path& path) { return load_model(core, path, std::nullopt); }
  /// The error behind "model 'PATH': ".
  std::string error_of(const fs::path& path) { return error_of(path, path); }
  std::string error_of(const fs::path& path, const fs::path& named) {
    const std::string error = user_error_of([&] { load(path); });
    const std::string begin = "model '" + named.string() + "': ";
    EXPECT_TRUE(error.starts_with(begin)) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    return error.substr(std::min(begin.size(), error.size()));
  }

  TempFolder temp;
  ov::Core core;
};

TEST_F(ModelFile, AGoodOneIsReadWhateverItsName) {
  temp.folder("ä ö");
  for (const char* name : {"model", "ä ö/my model"}) save_known_boxes(temp / (std::string(name) + ".xml"));
  fs::copy(temp / "model.xml", temp / "MODEL.XML");
  fs::copy(temp / "model.bin", temp / "MODEL.bin");
  for (const char* name : {"model.xml", "MODEL.XML", "ä ö/my model.xml"}) {
    const DetectorModel model = load(temp / name);
    EXPECT_EQ(model.path, temp / name);
    EXPECT_EQ(model.head->name(), "YOLOv5");
  }
}

TEST_F(ModelFile, AFolderStandsForTheOneModelInIt) {
  const fs::path folder = temp.folder("yolov5n_openvino_model");
  EXPECT_EQ(error_of(folder), "this folder holds 0 models (.xml, .onnx); name the file");
  save_known_boxes(folder / "yolov5n.xml");
  temp.file("yolov5n_openvino_model/metadata.yaml", "names: {0: cat}");
  EXPECT_EQ(load(folder).path, folder / "yolov5n.xml");
  temp.file("yolov5n_openvino_model/other.onnx");
  EXPECT_EQ(error_of(folder), "this folder holds 2 models (.xml, .onnx); name the file");
}

TEST_F(ModelFile, AMissingOne) {
  EXPECT_EQ(error_of(temp / "none.xml"), "there is no such file");
  EXPECT_EQ(error_of(temp / "none/none.pt"), "there is no such file");
  EXPECT_EQ(error_of(""), "there is no such file");
}

TEST_F(ModelFile, ACheckpointComesWithTheCommandThatExportsIt) {
  const fs::path path = temp.file("weights/best.pt", "PK\x03\x04");
  EXPECT_EQ(error_of(path), "is a PyTorch checkpoint; export it: yolo export model=" + path.string() +
                                " format=openvino, or in YOLOv5's folder python export.py --weights " + path.string() +
                                " --include openvino, then give --model " +
                                (temp / "weights/best_openvino_model").string());
  EXPECT_TRUE(error_of(temp.file("best.PTH")).starts_with("is a PyTorch checkpoint"));
}

TEST_F(ModelFile, AnotherExtension) {
  const std::string remedy = "give OpenVINO IR (.xml with its .bin) or ONNX (.onnx)";
  for (const char* name : {"model", "model.bin", "model.tflite", "model.engine", "model.xml.txt"})
    EXPECT_EQ(error_of(temp.file(name, "text")), remedy);
}

TEST_F(ModelFile, IrWithoutItsWeights) {
  const fs::path path = save_known_boxes(temp / "model.xml");
  fs::rename(temp / "model.bin", temp / "other.bin");
  EXPECT_EQ(error_of(path),
            "its weights '" + (temp / "model.bin").string() + "' are missing; keep the two files together");
}

TEST_F(ModelFile, IrThatIsNone) {
  temp.file("model.bin");
  for (const std::string_view content :
       {"", "<html><body>404</body></html>", "version https://git-lfs.github.com/spec", "\x08\x03\x12",
        "<?xml version=\"1.0\"?>", "<net", "<net name=\"x\" version=\"7\"><layers/></net>"})
    EXPECT_EQ(error_of(temp.file("model.xml", content)), "is no OpenVINO IR; export the model again");
}

TEST_F(ModelFile, IrThatIsDamaged) {
  const fs::path path = save_known_boxes(temp / "model.xml");
  const std::string xml = content_of(path);
  const std::string damaged = "can't be read, it is damaged or of another kind: ";
  for (const std::string& content :
       {xml.substr(0, xml.size() / 2), xml.substr(0, xml.size() - 20), xml.substr(0, xml.size() / 2) + xml}) {
    const std::string error = error_of(temp.file("model.xml", content));
    EXPECT_TRUE(error.starts_with(damaged)) << error;
    EXPECT_GT(error.size(), damaged.size());
  }
  EXPECT_TRUE(error_of(temp.file("model.xml", "<net name=\"x\" version=\"11\"></net>")).starts_with("is no detector"));
  temp.file("model.xml", xml);
  const std::string bin = content_of(temp / "model.bin");
  temp.file("model.bin", bin.substr(0, bin.size() / 2));
  EXPECT_TRUE(error_of(path).starts_with(damaged));
  temp.file("model.bin");
  EXPECT_TRUE(error_of(path).starts_with(damaged));
}

TEST_F(ModelFile, OnnxThatIsNone) {
  for (const std::string_view content : {"", "<html>", "text", "\x08", "\x08\x07\x12\x07pytorch", "\x08\xFF\xFF\xFF"})
    EXPECT_EQ(error_of(temp.file("model.onnx", content)), "is no ONNX model; export the model again");
}

TEST_F(ModelFile, LabelsComeFromTheMetadataOrAreCocosForEightyClasses) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(load(save_known_boxes(temp / "a.xml", {.names = "{0: 'cat', 1: 'dog', 2: 'hen'}"})).labels,
            (Names{"cat", "dog", "hen"}));
  EXPECT_EQ(load(save_known_boxes(temp / "b.xml", {.names = "['cat', 'dog']"})).labels, (Names{"cat", "dog"}));
  EXPECT_EQ(load(save_known_boxes(temp / "c.xml")).labels, Names{});
  EXPECT_EQ(load(save_known_boxes(temp / "d.xml", {.names = "cat and dog"})).labels, Names{});
  const Names coco = load(save_known_boxes(temp / "e.xml", {.input = {1, 3, 128, 128}, .classes = 80})).labels;
  ASSERT_EQ(coco.size(), 80U);
  EXPECT_EQ(coco.front(), "person");
}

}  // namespace
}  // namespace inferqueue::pipeline
