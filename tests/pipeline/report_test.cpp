// The forms that results are written in.
#include "pipeline/report.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace inferqueue::pipeline {
namespace {

using Strings = std::vector<std::string>;
const Strings names{"cat", "", "bird"};

PictureResult two_objects() {
  PictureResult result;
  result.index = 3;
  result.source = "pictures/a b.jpg";
  result.geometry.source = {200, 100};
  result.latency = std::chrono::nanoseconds(12'345'678);
  result.detections = {{.box = {10, 20, 50.126F, 60}, .score = 0.88693F, .class_id = 2},
                       {.box = {0, 0, 200, 100}, .score = 0.5F, .class_id = 1}};
  return result;
}

TEST(Report, APictureAsJson) {
  EXPECT_EQ(to_json(two_objects(), names).dump(),
            R"({"source":"pictures/a b.jpg","width":200,"height":100,"latency_ms":12.346,"detections":[)"
            R"({"class_id":2,"class_name":"bird","score":0.8869,"box":[10.0,20.0,50.13,60.0]},)"
            R"({"class_id":1,"class_name":"class 1","score":0.5,"box":[0.0,0.0,200.0,100.0]}]})");
}

TEST(Report, APictureThatFailedHasItsErrorAndNoDetections) {
  PictureResult result;
  result.source = "a.jpg";
  result.error = "a.jpg: is empty";
  EXPECT_EQ(to_json(result, names).dump(),
            R"({"source":"a.jpg","width":0,"height":0,"latency_ms":0.0,"detections":[],"error":"a.jpg: is empty"})");
}

/// The parts put together.
std::string whole(const std::string& model, const std::vector<nlohmann::ordered_json>& images) {
  ReportText report(model);
  std::string text;
  for (const auto& image : images) text += report.image(image);
  return text + report.end();
}

TEST(Report, TheWholeHasTheModelAndTheImagesInOrder) {
  EXPECT_EQ(whole("m.xml", {{{"a", 1}}, {{"b", 2}}}), R"({"schema_version": 1, "model": "m.xml", "images": [
{"a":1},
{"b":2}]}
)");
  EXPECT_EQ(whole("m.xml", {}), R"({"schema_version": 1, "model": "m.xml", "images": []}
)");
}

TEST(Report, OneImageIsAnArrayToo) {
  EXPECT_TRUE(nlohmann::json::parse(whole("m.xml", {to_json(two_objects(), names)})).at("images").is_array());
  PictureResult one = two_objects();
  one.detections.resize(1);
  EXPECT_TRUE(to_json(one, names).at("detections").is_array());
}

TEST(Report, APictureThatIsDamagedHasAWarning) {
  PictureResult result = two_objects();
  result.warning = "a.jpg: is damaged";
  EXPECT_EQ(to_json(result, names).at("warning"), "a.jpg: is damaged");
  EXPECT_FALSE(to_json(two_objects(), names).contains("warning"));
}

TEST(Report, TheTextIsJsonWhateverTheNamesAre) {
  PictureResult result = two_objects();
  result.source = "caf\xE9 \"\n\xC3\xA9.jpg";  // Latin-1, a quote, a line's end, UTF-8
  const std::string text = whole("m\xFF.xml", {to_json(result, {})});
  EXPECT_TRUE(text.ends_with("}\n"));
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json.at("images").at(0).at("source"), "caf\xEF\xBF\xBD \"\n\xC3\xA9.jpg");
  EXPECT_EQ(json.at("model"), "m\xEF\xBF\xBD.xml");
}

TEST(Report, YoloLabelsAreSharesOfThePicture) {
  EXPECT_EQ(to_yolo_labels(two_objects(), false), "2 0.150315 0.4 0.20063 0.4\n1 0.5 0.5 1 1\n");
  EXPECT_EQ(to_yolo_labels(two_objects(), true), "2 0.150315 0.4 0.20063 0.4 0.88693\n1 0.5 0.5 1 1 0.5\n");
  EXPECT_EQ(to_yolo_labels({}, true), "");
}

TEST(Report, TheSummaryCountsByClass) {
  const std::vector<vision::Detection> found{{{}, 0.9F, 2}, {{}, 0.8F, 0}, {{}, 0.7F, 2}, {{}, 0.6F, 9}};
  EXPECT_EQ(summary(found, names), "1 cat, 2 bird, 1 class 9");
  EXPECT_EQ(summary(found, {}), "1 class 0, 2 class 2, 1 class 9");
  EXPECT_EQ(summary({}, names), "nothing");
}

}  // namespace
}  // namespace inferqueue::pipeline
