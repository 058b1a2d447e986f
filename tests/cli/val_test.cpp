// `inferqueue val`: on the project's samples, and on the model whose boxes are known, where every figure can be worked
// out by hand.
#include <csignal>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using testing::content_of;
using testing::lines_in;
using testing::names_in;

// What the known model finds in a picture that is all red, as labels.
const std::string red = "0 0.125 0.1875 0.125 0.25\n";
const std::string green = "1 0.5 0.5 0.75 0.5\n";
const std::string blue = "2 0.78125 0.8125 0.3125 0.25\n";

class Val : public CliTest {
 protected:
  /// A picture in which the model finds one of each class, and its label file.
  void add(const std::string& name, const std::string& labels) const {
    picture("data/images/" + name + ".png", 255);
    temp.file("data/labels/" + name + ".txt", labels);
  }
  Arguments val(const Arguments& options = {}) const {
    Arguments arguments{"val", "--model", model_, "--data", "data", "--precision", "f32"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return arguments;
  }
  /// The JSON of a run; expects success and these lines on standard error.
  Json json(const Arguments& options = {}, const std::string& notes = "") const {
    Arguments arguments = val(options);
    arguments.insert(arguments.end(), {"--json", "out.json"});
    const auto outcome = cli(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, notes);
    return Json::parse(content_of(temp / "out.json"));
  }
  /// Expects that the command stops before any work with this on standard error.
  void expect_stopped(const std::string& error, const Arguments& options = {}) const {
    const auto outcome = cli(val(options));
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, error);
  }

  std::string model_ = model();
};

TEST_F(Val, ThePerfectModelIsPerfectOnTheSamples) {
  const Json truth = Json::parse(content_of(project_root / "tests/pipeline/samples_truth.json"));
  std::size_t objects = 0;
  for (const auto& entry : truth.at("pictures")) {
    const fs::path file = entry.at("file").get<std::string>();
    fs::create_directories(temp / "data/images");
    fs::copy(project_root / "samples" / file, temp / "data/images" / file);
    std::string labels;
    for (const auto& object : entry.at("objects")) {
      const auto box = object.at("box").get<std::vector<double>>();
      const double width = entry.at("width");
      const double height = entry.at("height");
      labels += fmt::format("{} {} {} {} {}\n", object.at("class_id").get<int>(), (box[0] + box[2]) / 2 / width,
                            (box[1] + box[3]) / 2 / height, (box[2] - box[0]) / width, (box[3] - box[1]) / height);
      ++objects;
    }
    temp.file("data/labels/" + file.stem().string() + ".txt", labels);
  }
  model_ = (project_root / "models/shapes/shapes.xml").string();
  const Json report = json();
  const Json& all = report.at("all");
  EXPECT_EQ(all.at("pictures"), truth.at("pictures").size());
  EXPECT_EQ(all.at("instances"), objects);
  EXPECT_EQ(all.at("precision"), 1.0);
  EXPECT_EQ(all.at("recall"), 1.0);
  EXPECT_EQ(all.at("ap50"), 1.0);
  EXPECT_GT(all.at("ap50_95"), 0.75);
  EXPECT_LT(all.at("ap50_95"), 1.0);
  EXPECT_EQ(report.at("classes").size(), 8U);
  EXPECT_EQ(report.at("classes").at(4).at("class_name"), "star");
  EXPECT_EQ(report.at("precision"), "f32");
}

TEST_F(Val, FiguresWorkedOutByHand) {
  add("a", "2 0.125 0.1875 0.125 0.25\n" + green + blue);  // where red is found, blue is said to be
  add("b", red + green + blue);
  const Json report = json({"--save-worst", "5"});
  const Json& classes = report.at("classes");
  EXPECT_EQ(classes.at(0).at("ap50"), 0.5) << "of two equal scores the first is wrong";
  EXPECT_EQ(classes.at(0).at("precision"), 0.5);
  EXPECT_EQ(classes.at(0).at("recall"), 1.0);
  EXPECT_EQ(classes.at(0).at("pictures"), 1U);
  EXPECT_EQ(classes.at(1).at("ap50"), 1.0);
  EXPECT_EQ(classes.at(1).at("ap50_95"), 1.0);
  EXPECT_EQ(classes.at(2).at("ap50"), 0.666667) << "one of three is never found";
  EXPECT_EQ(classes.at(2).at("instances"), 3U);
  EXPECT_EQ(classes.at(2).at("precision"), 1.0);
  EXPECT_EQ(classes.at(2).at("recall"), 0.666667);
  EXPECT_EQ(report.at("all").at("ap50"), 0.722222);
  EXPECT_EQ(report.at("all").at("precision"), 0.833333);
  EXPECT_EQ(report.at("all").at("found"), 6U);
  ASSERT_EQ(report.at("worst").size(), 1U);
  const Json& worst = report.at("worst").at(0);
  EXPECT_EQ(worst.at("source"), "data/images/a.png");
  EXPECT_EQ(worst.at("confused").at(0).at("class_name"), "red");
  EXPECT_EQ(worst.at("confused").at(0).at("true_class_name"), "blue");
  EXPECT_TRUE(worst.at("missed").empty());
  EXPECT_TRUE(worst.at("false").empty());
}

TEST_F(Val, BoxesThatAreOffCountLessAtTighterOverlaps) {
  add("a", "1 0.5 0.445 0.75 0.39\n");  // of the box that is found 0.78: right at 0.50, 0.55 … 0.75
  const Json figures = json({"--classes", "1"}).at("classes").at(0);
  EXPECT_EQ(figures.at("ap50"), 1.0);
  EXPECT_EQ(figures.at("ap").at(5), 1.0);
  EXPECT_EQ(figures.at("ap").at(6), 0.0);
  EXPECT_EQ(figures.at("ap50_95"), 0.6);
}

TEST_F(Val, TheTable) {
  add("a", red + green + blue);
  const auto outcome = cli(val());
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  const std::string table =
      "model.xml on CPU in f32: 1 picture of data\n\n"
      "  class pictures instances       P       R   AP@0.5  AP@0.5:0.95\n"
      "  all          1         3   1.000   1.000   1.0000       1.0000\n"
      "  red          1         1   1.000   1.000   1.0000       1.0000\n"
      "  green        1         1   1.000   1.000   1.0000       1.0000\n"
      "  blue         1         1   1.000   1.000   1.0000       1.0000\n"
      "\nP, R: precision and recall at confidence 0.25 and IoU 0.5.";
  EXPECT_NE(outcome.out.find(table), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("\n1 of 1 pictures, no failures in "), std::string::npos) << outcome.out;
  EXPECT_FALSE(fs::exists(temp / "runs")) << "nothing is written unless it is asked for";
}

TEST_F(Val, WhatWasNotMeasuredIsNoNumber) {
  add("a", "");
  const Json all = json().at("all");
  EXPECT_EQ(all.at("ap50"), nullptr);
  EXPECT_EQ(all.at("recall"), nullptr);
  EXPECT_EQ(all.at("precision"), 0.0);
  EXPECT_NE(cli(val()).out.find("  all          1         0   0.000       –        –            –\n"),
            std::string::npos);
}

TEST_F(Val, OnlySomeClasses) {
  add("a", green + blue);
  const Json report = json({"--classes", "0", "1"});
  ASSERT_EQ(report.at("classes").size(), 2U);
  EXPECT_EQ(report.at("classes").at(0).at("instances"), 0U) << "found, but not there";
  EXPECT_EQ(report.at("all").at("instances"), 1U);
  EXPECT_EQ(report.at("all").at("ap50"), 1.0);
}

TEST_F(Val, TheWorstPicturesAreSavedTheWorstFirst) {
  add("a good", red + green + blue);
  add("b bad", green + blue);
  add("c worst", "1 0.1 0.9 0.1 0.1\n");
  const auto outcome = cli(val({"--save-worst", "3", "--json", "-"}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_NE(outcome.err.find("annotated in runs/val/exp:\n"
                             "  c worst.png: 4 mistakes: 1 missed (green), 3 false (green, red, blue)\n"
                             "  b bad.png: 1 mistake: 1 false (red)\n"),
            std::string::npos)
      << outcome.err;
  EXPECT_EQ(names_in(temp / "runs/val/exp"), "b bad.png c worst.png");
  EXPECT_EQ(cv::imread((temp / "runs/val/exp/c worst.png").string()).size(), cv::Size(640, 640));
  const Json worst = Json::parse(outcome.out).at("worst");
  EXPECT_EQ(worst.at(0).at("annotated"), "runs/val/exp/c worst.png");
  EXPECT_EQ(worst.at(0).at("false").size(), 3U);
  EXPECT_EQ(worst.at(0).at("missed").at(0).at("class_name"), "green");
  cli(val({"--save-worst", "1", "--project", "there", "--name", "run"}));
  EXPECT_EQ(names_in(temp / "there/run"), "c worst.png");
}

TEST_F(Val, AFolderOfPicturesHasItsLabelsBesideIt) {
  picture("coco/images/val/a.png", 255);
  temp.file("coco/labels/val/a.txt", red + green + blue);
  for (const std::string folder : {"coco/images/val", "coco/images/val/", "./coco/images/../images/val"}) {
    const auto outcome = cli({"val", "-m", model_, "--data", folder});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("  all          1         3 "), std::string::npos) << outcome.out;
  }
  expect_refused({"val", "-m", model_, "--data", "coco"},
                 {"coco/images: there is no picture in this folder", "; is it --data coco/images/val?"});
}

TEST_F(Val, FoldersThatAreNoDataSetAreToldWithTheRemedy) {
  const std::string remedy = "give a folder that holds images/ and labels/, or a folder of pictures such as";
  const std::string file = picture("a.png");
  expect_refused({"val", "-m", model_, "--data", "missing"}, {"--data missing: no such folder; " + remedy});
  expect_refused({"val", "-m", model_, "--data", "a.png"}, {"--data a.png: is a file; " + remedy});
  expect_refused({"val", "-m", model_, "--data", "."}, {"--data .: holds no images/; " + remedy});
  picture("data/images/a.png");
  expect_refused(val(),
                 {"data/labels: there is no such folder; it should hold the labels of data/images, a file NAME.txt"});
  temp.folder("data/labels");
  expect_refused(val(), {"data/labels: there is no label file for any of the 1 pictures (a.txt for a.png"});
}

TEST_F(Val, LinesThatAreWrongAreAllToldBeforeAnyWork) {
  add("a", green + "1 0.5 0.5 0.5\n\n3 0.5 0.5 0.5 0.5\n");
  add("b", "1 0.5 0.5 nan 0.5");
  expect_stopped(
      "inferqueue: data/labels/a.txt:2: 4 fields; a line has five: class x y width height\n"
      "inferqueue: data/labels/a.txt:4: class 3: the model has the classes 0 to 2\n"
      "inferqueue: data/labels/b.txt:1: width 'nan': give a fraction of the picture, above 0 and at most 1\n");
  add("b", "x\nx\nx\nx\nx\nx\nx\nx\nx\nx\n");
  const auto outcome = cli(val());
  EXPECT_EQ(lines_in(outcome.err), 11U);
  EXPECT_TRUE(outcome.err.ends_with("inferqueue: … and 2 lines more\n")) << outcome.err;
}

TEST_F(Val, WhatIsStrangeAboutLabelsIsToldAndCounted) {
  add("a", red + green + blue + green);
  picture("data/images/b.png", 255);
  temp.file("data/labels/c.txt", green);
  temp.file("data/labels/d.txt", "no label at all");
  temp.file("data/labels/classes.txt", "red\ngreen\nblue\n");
  const Json report = json({},
                           "inferqueue: 1 of 2 pictures have no label file: taken as pictures of nothing: b.png\n"
                           "inferqueue: data/labels: 2 label files without a picture: c.txt, d.txt\n"
                           "inferqueue: 1 label is there twice: counted once\n");
  EXPECT_EQ(report.at("without_label_file"), 1U);
  EXPECT_EQ(report.at("all").at("instances"), 3U);
  EXPECT_EQ(report.at("all").at("pictures"), 2U);
  EXPECT_EQ(report.at("all").at("precision"), 0.5) << "what is found in b is false";
}

TEST_F(Val, PicturesThatFailAreLeftOutAndTold) {
  add("a", red + green + blue);
  add("b", red + green + blue);
  temp.file("data/images/b.png", "no picture");
  const auto outcome = cli(val({"--json", "-"}));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("inferqueue: data/images/b.png: is no picture"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("\n1 of 2 pictures, 1 failed and left out in "), std::string::npos) << outcome.err;
  const Json report = Json::parse(outcome.out);
  EXPECT_EQ(report.at("failed"), 1U);
  EXPECT_EQ(report.at("all").at("pictures"), 1U);
  EXPECT_EQ(report.at("all").at("recall"), 1.0);
}

TEST_F(Val, OptionsThatMakeNoSense) {
  add("a", green);
  temp.file("names.txt", "red\ngreen\nblue\n");
  expect_refused(val({"--conf", "0.5"}), {"--pr-conf 0.25: give a number from --conf (0.5) to 1"}, 2);
  expect_refused(val({"--pr-conf", "nan"}), {"--pr-conf nan: give a number from --conf (0.001) to 1"}, 2);
  expect_refused(val({"--save-worst", "-1"}), {"--save-worst -1: give 0 or more"}, 2);
  expect_refused(val({"--classes", "3"}), {"--classes 3: the model has the classes 0 to 2"}, 2);
  expect_refused(val({"--json", "missing/out.json"}), {"--json missing/out.json: there is no folder missing"});
  expect_refused(val({"--json", "data/images/a.png"}), {"is one of the pictures"});
  expect_refused(val({"--json", "data/labels/a.txt"}), {"is one of the label files"});
  expect_refused(val({"--json", "model.bin"}), {"is the model's weights"});
  expect_refused(val({"--labels", "names.txt", "--json", "names.txt"}), {"is the file of --labels"});
  expect_refused(val({"--iou", "2"}), {"--iou 2: give a number from 0 to 1"}, 2);
  expect_refused({"val", "--model", model_}, {"--data"}, 2);
}

TEST_F(Val, CtrlCShowsWhatWasMeasuredByThen) {
  add("a", red + green + blue);
  // Each of these is told in a line; beyond some 80 the pipe is full, and the command stands still.
  for (int i = 0; i < 400; ++i) temp.file(fmt::format("data/images/b{:03}.png", i));
  testing::Process process(with_program(val({"--json", "out.json"})), temp.path(), 4096);
  ASSERT_TRUE(process.wait_for_error("b000.png: is empty\n"));
  process.send(SIGINT);
  process.wait_until_taken(SIGINT);
  const auto outcome = process.wait();
  EXPECT_EQ(outcome.status, 130) << outcome.err;
  EXPECT_NE(outcome.out.find("\ninterrupted: "), std::string::npos) << outcome.out;
  const Json report = Json::parse(content_of(temp / "out.json"));
  EXPECT_EQ(report.at("interrupted"), true);
  EXPECT_LT(report.at("failed"), 400U);
  EXPECT_EQ(report.at("all").at("pictures"), 1U);
  EXPECT_EQ(report.at("all").at("ap50"), 1.0);
}

}  // namespace
}  // namespace inferqueue::cli
