#include "accuracy/yolo_labels.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::accuracy {
namespace {

/// The problem with a line; "none" if it was read.
std::string problem(const std::string& line) {
  const LabelFile file = parse_labels(line, 8);
  EXPECT_EQ(file.labels.size() + file.problems.size(), 1U) << line;
  return file.problems.empty() ? "none" : file.problems.front();
}

TEST(YoloLabels, LinesBecomeObjects) {
  const LabelFile file = parse_labels("3 0.5 0.25 0.2 0.1\n0 1 0 1e-1 1\n", 8);
  EXPECT_EQ(file.problems, std::vector<std::string>{});
  EXPECT_EQ(file.labels, (std::vector<Label>{{3, 0.5, 0.25, 0.2, 0.1}, {0, 1, 0, 0.1, 1}}));
  const Truth truth = file.labels[0].in({.width = 640, .height = 480});
  EXPECT_EQ(truth.class_id, 3);
  EXPECT_FLOAT_EQ(truth.box.x1, 256);
  EXPECT_FLOAT_EQ(truth.box.y1, 96);
  EXPECT_FLOAT_EQ(truth.box.x2, 384);
  EXPECT_FLOAT_EQ(truth.box.y2, 144);
}

TEST(YoloLabels, WhatEditorsAddPasses) {
  EXPECT_TRUE(parse_labels("", 8).labels.empty());
  EXPECT_TRUE(parse_labels("\n \r\n\t", 8).labels.empty());
  const LabelFile file = parse_labels("\xEF\xBB\xBF 1\t0.5  0.5 0.5 0.5 \r\n\r\n2 0.5 0.5 0.5 0.5", 8);
  EXPECT_EQ(file.problems, std::vector<std::string>{});
  EXPECT_EQ(file.labels, (std::vector<Label>{{1, 0.5, 0.5, 0.5, 0.5}, {2, 0.5, 0.5, 0.5, 0.5}}));
}

TEST(YoloLabels, ALineThatIsThereTwiceCountsOnce) {
  const LabelFile file = parse_labels("1 0.5 0.5 0.5 0.5\n2 0.5 0.5 0.5 0.5\n1 .5 0.50 0.5 0.5\n", 8);
  EXPECT_EQ(file.labels.size(), 2U);
  EXPECT_EQ(file.repeated, 1U);
}

TEST(YoloLabels, WhatIsWrongIsSaidWithItsLine) {
  EXPECT_EQ(problem("1 0.5 0.5 0.5"), "1: 4 fields; a line has five: class x y width height");
  EXPECT_EQ(problem("hexagon"), "1: 1 field; a line has five: class x y width height");
  EXPECT_EQ(problem("1 0.5 0.5 0.5 0.5 0.9"), "1: 6 fields; a line has five: class x y width height");
  EXPECT_EQ(problem("1 0 0 0 1 1 1 1 0"),
            "1: 9 fields; a line has five: class x y width height (outlines are not supported)");
  EXPECT_EQ(problem("\n\n8 0.5 0.5 0.5 0.5"), "3: class 8: the model has the classes 0 to 7");
  EXPECT_EQ(problem("-1 0.5 0.5 0.5 0.5"), "1: class -1: the model has the classes 0 to 7");
  EXPECT_EQ(problem("1.5 0.5 0.5 0.5 0.5"), "1: class '1.5': give a whole number");
  EXPECT_EQ(problem("99999999999 0.5 0.5 0.5 0.5"), "1: class '99999999999': give a whole number");
  EXPECT_EQ(problem("1 0.5,0 0.5 0.5 0.5"), "1: x '0.5,0': give a fraction of the picture, 0 to 1");
  EXPECT_EQ(problem("1 320 240 64 48"), "1: x '320': give a fraction of the picture, 0 to 1");
  EXPECT_EQ(problem("1 0.5 -0.1 0.5 0.5"), "1: y '-0.1': give a fraction of the picture, 0 to 1");
  EXPECT_EQ(problem("1 nan 0.5 0.5 0.5"), "1: x 'nan': give a fraction of the picture, 0 to 1");
  EXPECT_EQ(problem("1 0.5 0.5 0 0.5"), "1: width '0': give a fraction of the picture, above 0 and at most 1");
  EXPECT_EQ(problem("1 0.5 0.5 0.5 inf"), "1: height 'inf': give a fraction of the picture, above 0 and at most 1");
}

TEST(YoloLabels, TheLinesAroundAWrongOneAreRead) {
  const LabelFile file = parse_labels("1 0.5 0.5 0.5 0.5\nx\n2 0.5 0.5 0.5 0.5\ny\n", 8);
  EXPECT_EQ(file.labels.size(), 2U);
  EXPECT_EQ(file.problems.size(), 2U);
  EXPECT_TRUE(file.problems[1].starts_with("4: ")) << file.problems[1];
}

}  // namespace
}  // namespace inferqueue::accuracy
