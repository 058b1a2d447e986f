// --head on every command that loads a detector.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

using Layout = testing::KnownLayout;
using testing::content_of;

class Heads : public CliTest {
 protected:
  void save(const testing::KnownBoxes& variant) const { testing::save_known_boxes(temp / "model.xml", variant); }

  /// Runs the command with the options behind it. Expects that it has nothing to complain about.
  std::string output_of(Arguments arguments, const Arguments& options) const {
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto outcome = cli(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }

  /// A picture, and its label: what the models find with the score 0.9.
  Heads() {
    picture("data/images/a.png");
    temp.file("data/labels/a.txt", "1 0.5 0.5 0.25 0.5\n");
  }

  const Arguments detect{"detect", "-m", "model.xml", "-s", "data/images", "--nosave"};
  const Arguments val{"val", "-m", "model.xml", "--data", "data"};
  const Arguments bench{"bench", "-m",        "model.xml", "-s",     "data/images", "--rounds",
                        "1",     "--seconds", "0.001",     "--hint", "latency"};
};

TEST_F(Heads, EachLayoutIsDetectedByItself) {
  for (const Layout layout : {Layout::yolov5, Layout::yolov8, Layout::yolov8_transposed}) {
    save({.layout = layout, .names = "['red', 'green', 'blue']"});
    EXPECT_NE(output_of(detect, {}).find(": 64x64 1 red, 1 green, 1 blue, "), std::string::npos);
  }
  save({.layout = Layout::end2end, .names = "['red', 'green', 'blue']"});
  EXPECT_NE(output_of(detect, {}).find(": 64x64 1 red, 2 green, 1 blue, "), std::string::npos) << "nothing suppressed";
}

TEST_F(Heads, TheOptionDecidesForEveryCommand) {
  // Rows of six could be an end-to-end detector's; that there are 84 tells that they are YOLOv8's cells.
  save({.classes = 2, .layout = Layout::yolov8_transposed, .names = "['red', 'green']"});
  EXPECT_NE(output_of(detect, {}).find("1 green"), std::string::npos);
  for (const Arguments& command : {detect, val, bench}) {
    output_of(command, {"--head", "YOLOv8-transposed"});
    output_of(command, {"--head", "auto"});
    Arguments wrong = command;
    wrong.insert(wrong.end(), {"--head", "yolov8"});
    expect_refused(wrong,
                   {"--head yolov8: doesn't fit model 'model.xml': the output [1,84,6] is not YOLOv8 [1,4+classes,N]; "
                    "--head yolov5 or --head yolov8-transposed or --head end2end would fit\n"},
                   2);
    Arguments unknown = command;
    unknown.insert(unknown.end(), {"--head", "yolo"});
    expect_refused(unknown,
                   {"--head yolo: there is no such head; give auto, yolov5, yolov8, yolov8-transposed, end2end\n"}, 2);
  }
}

TEST_F(Heads, ASquareIsAmbiguousUntilTheOptionSaysWhich) {
  save({.classes = 80, .layout = Layout::yolov8});
  expect_refused(detect, {"model 'model.xml': is no detector that is known here: the output [1,84,84] may be YOLOv8 "
                          "[1,4+classes,N] or YOLOv8 transposed [1,N,4+classes]; --head yolov8 or --head "
                          "yolov8-transposed says which\n"});
  EXPECT_NE(output_of(detect, {"--head", "yolov8"}).find("1 person, 1 bicycle, 1 car"), std::string::npos);
}

TEST_F(Heads, AnEndToEndDetectorWithoutNamesIsUsedAllTheSame) {
  save({.layout = Layout::end2end});
  const std::string told =
      "inferqueue: model 'model.xml': has no names for its classes; they show as 'class N' (--labels names them)\n";
  const auto found = cli(detect);
  EXPECT_EQ(found.status, 0);
  EXPECT_EQ(found.err, told);
  EXPECT_NE(found.out.find("1 class 0, 2 class 1, 1 class 2"), std::string::npos) << found.out;
  temp.file("names.txt", "red\ngreen\nblue\nblack\n");
  EXPECT_NE(output_of(detect, {"--labels", "names.txt", "--classes", "2"}).find(": 64x64 1 blue, "), std::string::npos);
  Arguments beyond = detect;
  beyond.insert(beyond.end(), {"--classes", "100000"});
  expect_refused(beyond, {"--classes 100000: a model may have the classes 0 to 99999\n"}, 2);
}

TEST_F(Heads, ValJudgesAnEndToEndDetector) {
  save({.layout = Layout::end2end});
  EXPECT_EQ(cli({"val", "-m", "model.xml", "--data", "data", "--json", "out.json"}).status, 0);
  const auto json = nlohmann::json::parse(content_of(temp / "out.json"));
  ASSERT_EQ(json.at("classes").size(), 3U);
  EXPECT_EQ(json.at("classes").at(1).at("instances"), 1);
  EXPECT_EQ(json.at("classes").at(1).at("ap50"), 1.0);
}

}  // namespace
}  // namespace inferqueue::cli
