// Which head an output gets, and what is said where it gets none.
#include <cstddef>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "vision/heads/registry.hpp"

namespace inferqueue::vision {
namespace {

using Shape = std::vector<std::size_t>;

struct Case {
  Shape shape;
  Size network{640, 640};
  std::optional<std::size_t> named = {};  // classes that the model names
  std::optional<bool> end_to_end = {};

  OutputFacts facts() const { return {.shape = shape, .network = network, .classes = named, .end_to_end = end_to_end}; }
};

void expect_head(const Case& given, std::string_view name, std::optional<std::size_t> classes,
                 std::string_view option = kAutoHead) {
  const Recognition recognition = recognize(given.facts(), option);
  SCOPED_TRACE(given.shape.at(1));
  ASSERT_NE(recognition.head, nullptr) << recognition.explanation;
  EXPECT_EQ(recognition.head->name(), name);
  EXPECT_EQ(recognition.head->classes(), classes);
  EXPECT_EQ(recognition.explanation, "");
  EXPECT_GE(recognition.fit, option == kAutoHead ? Fit::likely : Fit::possible);
}

std::string explanation(const Case& given, std::string_view option = kAutoHead) {
  const Recognition recognition = recognize(given.facts(), option);
  EXPECT_EQ(recognition.head, nullptr);
  EXPECT_EQ(recognition.fit, Fit::none);
  return recognition.explanation;
}

TEST(Recognize, Yolov5ByItsAnchorsOrItsProportions) {
  expect_head({{1, 10647, 85}, {416, 416}}, "YOLOv5", 80);
  expect_head({{1, 25200, 85}}, "YOLOv5", 80);
  expect_head({{1, 15120, 85}, {640, 384}}, "YOLOv5", 80);
  expect_head({{1, 102000, 85}, {1280, 1280}}, "YOLOv5", 80);  // P6
  expect_head({{1, 10647, 6}, {416, 416}}, "YOLOv5", 1);
  expect_head({{1, 63, 365}, {32, 32}}, "YOLOv5", 360);  // more classes than rows
  expect_head({{1, 252, 85}, {64, 64}}, "YOLOv5", 80);   // 85 is also YOLOv8's number of cells, with stride 64
  expect_head({{1, 5000, 25}, {416, 416}}, "YOLOv5", 20);
}

TEST(Recognize, Yolov8ByItsCellsEitherWay) {
  expect_head({{1, 84, 8400}}, "YOLOv8", 80);
  expect_head({{1, 5, 8400}}, "YOLOv8", 1);
  expect_head({{1, 84, 3549}, {416, 416}}, "YOLOv8", 80);
  expect_head({{1, 84, 5040}, {640, 384}}, "YOLOv8", 80);
  expect_head({{1, 84, 34000}}, "YOLOv8", 80);                // with stride 4
  expect_head({{1, 84, 34000}, {1280, 1280}}, "YOLOv8", 80);  // with stride 64
  expect_head({{1, 364, 21}, {32, 32}}, "YOLOv8", 360);       // more classes than cells
  expect_head({{1, 8400, 84}}, "YOLOv8 transposed", 80);
  expect_head({{1, 8400, 6}}, "YOLOv8 transposed", 2);
  expect_head({{1, 21, 364}, {32, 32}}, "YOLOv8 transposed", 360);
}

TEST(Recognize, EndToEndByItsSixColumns) {
  expect_head({{1, 300, 6}}, "end-to-end", {});
  expect_head({{1, 300, 6}, {640, 640}, 80}, "end-to-end", 80);
  expect_head({{1, 300, 6}, {64, 64}}, "end-to-end", {});  // as many rows as a YOLOv5 might have there
  expect_head({{1, 1000, 6}}, "end-to-end", {});
  expect_head({{1, kDynamic, 6}}, "end-to-end", {});
  expect_head({{kDynamic, kDynamic, 6}}, "end-to-end", {});
}

TEST(Recognize, WhatTheModelSaysDecidesAmongThoseThatFit) {
  expect_head({{1, 25200, 6}, {640, 640}, 80, true}, "end-to-end", 80);
  expect_head({{1, 25200, 6}, {640, 640}, 1, true}, "end-to-end", 1);
  expect_head({{1, 8400, 6}, {640, 640}, 80, true}, "end-to-end", 80);
  expect_head({{1, 5000, 6}, {640, 640}, 1}, "YOLOv5", 1);
  expect_head({{1, 5000, 6}, {640, 640}, 80}, "end-to-end", 80);
  expect_head({{1, 5000, 6}, {640, 640}, {}, false}, "YOLOv5", 1);
  // A number of names that is wrong doesn't spoil what is known by its numbers; nor does a claim that can't be true.
  expect_head({{1, 25200, 85}, {640, 640}, 3}, "YOLOv5", 80);
  expect_head({{1, 84, 8400}, {640, 640}, 3}, "YOLOv8", 80);
  expect_head({{1, 84, 8400}, {640, 640}, 80, true}, "YOLOv8", 80);
}

TEST(Recognize, WhereSeveralFitAsWellTheOptionDecides) {
  EXPECT_EQ(explanation({{1, 5000, 6}}),
            "the output [1,5000,6] may be YOLOv5 [1,N,5+classes] or end-to-end [1,N,6]; --head yolov5 or --head "
            "end2end says which");
  EXPECT_EQ(explanation({{1, 84, 84}, {64, 64}, 80}),
            "the output [1,84,84] may be YOLOv8 [1,4+classes,N] or YOLOv8 transposed [1,N,4+classes]; --head yolov8 or "
            "--head yolov8-transposed says which");
  expect_head({{1, 5000, 6}}, "YOLOv5", 1, "yolov5");
  expect_head({{1, 5000, 6}}, "end-to-end", {}, "end2end");
  expect_head({{1, 84, 84}, {64, 64}}, "YOLOv8", 80, "yolov8");
  expect_head({{1, 84, 84}, {64, 64}}, "YOLOv8 transposed", 80, "yolov8-transposed");
}

TEST(Recognize, TheOptionReadsWhatIsOnlyPossible) {
  expect_head({{1, 300, 6}}, "YOLOv5", 1, "yolov5");
  expect_head({{1, 10647, 6}, {416, 416}}, "end-to-end", {}, "end2end");
  expect_head({{1, 25200, 6}, {640, 640}, {}, false}, "end-to-end", {}, "end2end");
  expect_head({{1, 84, 5000}}, "YOLOv8", 80, "yolov8");
  expect_head({{1, 8400, 84}}, "YOLOv5", 79, "yolov5");
}

TEST(Recognize, AnOptionThatDoesNotFitIsToldWithThoseThatWould) {
  EXPECT_EQ(explanation({{1, 84, 8400}}, "end2end"),
            "the output [1,84,8400] is not end-to-end [1,N,6]; --head yolov5 or --head yolov8 would fit");
  EXPECT_EQ(
      explanation({{1, 8400, 84}}, "yolov8"),
      "the output [1,8400,84] is not YOLOv8 [1,4+classes,N]; --head yolov5 or --head yolov8-transposed would fit");
  EXPECT_EQ(explanation({{1, 1000}}, "yolov5"),
            "the output [1,1000] is not YOLOv5 [1,N,5+classes]; no head that is known fits");
  EXPECT_EQ(explanation({{1, kDynamic, 85}}, "yolov5"),
            "the output [1,?,85] is not YOLOv5 [1,N,5+classes]; no head that is known fits");
  EXPECT_THROW(recognize(Case{{1, 84, 8400}}.facts(), "yolo"), std::invalid_argument);
}

TEST(Recognize, SaysWhatIsNotKnown) {
  EXPECT_EQ(explanation({{1, 1000}, {224, 224}}),
            "the output [1,1000] for an input of 224 by 224 pixels is not that of a known detector: YOLOv5 "
            "[1,N,5+classes] or YOLOv8 [1,4+classes,N] or YOLOv8 transposed [1,N,4+classes] or end-to-end [1,N,6]");
  const std::string of_80 = explanation({{1, 5000, 84}, {640, 640}, 80});
  EXPECT_NE(of_80.find("not that of a known detector with the 80 classes that the model names"), std::string::npos);
  EXPECT_TRUE(of_80.ends_with("; --head yolov5 or --head yolov8-transposed reads it all the same")) << of_80;
  for (const Shape& shape : {Shape{1, 1000, 1, 1},
                             {2, 25200, 85},
                             {1, 77, 768},
                             {1, 25200, 5},
                             {1, 84, 5000},
                             {1, 0, 85},
                             {1, 0, 6},
                             {1, 4, 8400},
                             {1, 8400, 4},
                             {1, kDynamic, 85},
                             {1, 84, kDynamic},
                             {kDynamic, 84, 8400},
                             {2, 300, 6},
                             {1, 300, 7},
                             {1, 300, 84},
                             {1, 3, 640, 640},
                             {}})
    EXPECT_NE(explanation({shape}).find("is not that of a known detector"), std::string::npos) << shape.size();
}

TEST(Recognize, EveryLayoutIsAnOption) {
  std::set<std::string_view> options;
  std::string all = "auto";
  for (const Layout* layout : layouts()) {
    EXPECT_TRUE(options.insert(layout->option).second) << layout->option;
    EXPECT_TRUE(is_head_option(layout->option));
    all += ", " + std::string(layout->option);
  }
  EXPECT_EQ(head_options(), all);
  EXPECT_EQ(head_options(), "auto, yolov5, yolov8, yolov8-transposed, end2end");
  EXPECT_TRUE(is_head_option(kAutoHead));
  for (const char* none : {"", "YOLOv8", "yolo", "yolov"}) EXPECT_FALSE(is_head_option(none)) << none;
}

}  // namespace
}  // namespace inferqueue::vision
