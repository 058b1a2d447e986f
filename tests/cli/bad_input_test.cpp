// Pictures and models that can't be used: a line for each that names it; the others are processed.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::lines_in;
using testing::names_in;

class BadInput : public CliTest {};

TEST_F(BadInput, AFolderWithBadPicturesIsProcessedAllTheSame) {
  const fs::path folder = temp.folder("in");
  picture("in/a good.png");
  picture("in/z good.png");
  temp.file("in/b empty.jpg");
  const std::string png = content_of(picture("in/whole.png"));
  temp.file("in/c cut.png", png.substr(0, png.size() / 2));
  for (const std::string extension : {"bmp", "jp2", "jpg", "png", "ppm", "tif", "webp"})
    temp.file("in/d text." + extension, "BM is no picture, whatever its name says; II*P6\n");
  fs::create_symlink("nowhere.png", folder / "e broken.png");
  const auto outcome = cli({"detect", "-m", model(), "-s", "in", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  for (const char* line : {"image 1/13 in/a good.png: ", "image 12/13 in/whole.png: ", "image 13/13 in/z good.png: ",
                           "3 of 13 pictures, 9 objects, 10 failed in "})
    EXPECT_NE(outcome.out.find(line), std::string::npos) << outcome.out;
  EXPECT_EQ(lines_in(outcome.err), 10U) << outcome.err;
  for (const std::string line : {"b empty.jpg: is empty\n", "c cut.png: is cut short; copy it again\n",
                                 "d text.tif: is no picture that can be decoded, or is damaged\n",
                                 "e broken.png: can't be read: No such file or directory\n"})
    EXPECT_NE(outcome.err.find("inferqueue: in/" + line), std::string::npos) << outcome.err;
  EXPECT_EQ(names_in(temp / "runs/detect/exp"), "a good.png whole.png z good.png");
  const auto images = nlohmann::json::parse(content_of(temp / "out.json")).at("images");
  EXPECT_EQ(images.size(), 13U);
  EXPECT_EQ(images.at(1).at("error"), "in/b empty.jpg: is empty");
  EXPECT_FALSE(images.at(0).contains("error"));
}

TEST_F(BadInput, SourcesThatAreNothingAreNamed) {
  temp.folder("empty");
  temp.folder("only/folders");
  const std::string none = model();
  expect_refused({"detect", "-m", none, "-s", "empty"}, {"empty: there is no picture or video in this folder"});
  expect_refused({"detect", "-m", none, "-s", "missing.jpg"}, {"missing.jpg: no such file, folder or match"});
  expect_refused({"detect", "-m", none, "-s", "*.jpg"}, {"*.jpg: no such file, folder or match"});
  expect_refused({"detect", "-m", none, "-s", "only/*"}, {"only/*: matches no picture, only folders"});
  expect_refused({"detect", "-m", none, "-s", ""}, {"a source is empty"});
  expect_refused({"detect", "-m", none, "-s", "film.mp4"}, {"film.mp4: no such file, folder or match"});
  expect_refused({"bench", "-m", none, "-s", "0"}, {"camera 0: is a camera or an address; give pictures"});
  EXPECT_EQ(names_in(temp.path()), "empty model.bin model.xml only only/folders");
}

TEST_F(BadInput, OneBadSourceAmongGoodOnesIsToldAndTheStatusSaysSo) {
  const auto outcome = cli({"detect", "-m", model(), "-s", picture(), "missing.jpg", "--nosave"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: missing.jpg: no such file, folder or match\n");
  EXPECT_NE(outcome.out.find("image 1/1 "), std::string::npos);
}

TEST_F(BadInput, WhatIsPassedOverInAFolderIsNoFailure) {
  picture("in/a.png");
  temp.file("in/notes.txt");
  const auto outcome = cli({"detect", "-m", model(), "-s", "in", "--nosave"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "inferqueue: in: passed over a file that is no picture: notes.txt\n");
}

TEST_F(BadInput, ModelFilesThatCanNotBeReadAreNamed) {
  const auto with = [&](const fs::path& path) { return Arguments{"detect", "-m", path.string(), "-s", picture()}; };
  expect_refused(with("none.xml"), {"model 'none.xml': there is no such file"});
  expect_refused(with(temp.file("best.pt", "PK")),
                 {"best.pt': is a PyTorch checkpoint",
                  "python export.py --weights " + (temp / "best.pt").string() + " --include openvino"});
  expect_refused(with(temp.file("a.onnx", "text")), {"a.onnx': is no ONNX model"});
  expect_refused(with(temp.file("b.onnx", "\x08\x07garbage")), {"b.onnx': is no ONNX model"});
  expect_refused(with(temp.file("a.txt", "text")), {"a.txt': give OpenVINO IR (.xml with its .bin) or ONNX (.onnx)"});
  expect_refused(with(temp.file("a.xml", "<html>")), {"a.xml': is no OpenVINO IR"});
  expect_refused(with(temp.folder("folder")), {"folder': this folder holds 0 models"});
}

TEST_F(BadInput, ModelsThatAreDamagedAreNamed) {
  const Arguments detect{"detect", "-m", model(), "-s", picture()};
  const std::string xml = content_of(temp / "model.xml");
  const std::string bin = content_of(temp / "model.bin");
  temp.file("model.xml", xml.substr(0, xml.size() / 2));
  expect_refused(detect, {"model.xml': can't be read, it is damaged or of another kind: "});
  temp.file("model.xml", xml);
  temp.file("model.bin", bin.substr(0, bin.size() / 2));
  expect_refused(detect, {"model.xml': can't be read, it is damaged or of another kind: "});
  fs::remove(temp / "model.bin");
  expect_refused(detect, {"model.xml': its weights '", "model.bin' are missing; keep the two files together"});
}

TEST_F(BadInput, ModelsThatAreNoDetectorAreShown) {
  using testing::KnownBoxes;
  const auto with = [&](const KnownBoxes& variant) {
    return Arguments{"detect", "-m", testing::save_known_boxes(temp / "model.xml", variant).string(), "-s", picture()};
  };
  expect_refused(with({.layout = KnownBoxes::Layout::nonsense}), {"model.xml': is no detector", "[1,1000]"});
  expect_refused(with({.layout = KnownBoxes::Layout::yolov8, .metadata = {{"task", "segment"}}}),
                 {"model.xml': is no detector: its metadata says task 'segment'; give a model of task 'detect'\n"});
  expect_refused(with({.input = {1, 64, 64, 3}}), {"[1,64,64,3]"});
  expect_refused(with({.input = {2, 3, 64, 64}}), {"[2,3,64,64]", "batch 1"});
}

TEST_F(BadInput, TheJsonReplacesNothingThatIsRead) {
  picture();
  temp.file("names.txt", "red\ngreen\nblue\n");
  const std::string xml = content_of(model());
  const std::string bin = content_of(temp / "model.bin");
  fs::create_hard_link(temp / "model.xml", temp / "linked.json");
  const Arguments detect{"detect", "-m", "model.xml", "-s", "a.png", "--nosave", "--labels", "names.txt"};
  const Arguments bench{"bench", "-m", "model.xml", "-s", "a.png", "--rounds", "1", "--seconds", "0.001"};
  const Arguments devices{"devices", "-m", "model.xml", "--device", "CPU"};
  const auto refused = [&](Arguments arguments, const std::string& file, const std::string& what) {
    arguments.insert(arguments.end(), {"--json", file});
    expect_refused(arguments, {"--json " + file + ": is " + what + "; give another file\n"});
  };
  for (const Arguments& command : {detect, bench, devices}) {
    refused(command, "model.xml", "the model");
    refused(command, "./model.bin", "the model's weights");
    refused(command, "linked.json", "the model");
  }
  refused(detect, "a.png", "one of the pictures");
  refused(bench, "a.png", "one of the pictures");
  refused(detect, "names.txt", "the file of --labels");
  refused({"devices", "--from", "names.txt"}, "names.txt", "the file of --from");
  EXPECT_EQ(content_of(temp / "model.xml"), xml);
  EXPECT_EQ(content_of(temp / "model.bin"), bin);
  EXPECT_EQ(names_in(temp.path()), "a.png linked.json model.bin model.xml names.txt");
}

}  // namespace
}  // namespace inferqueue::cli
