// The detections of real networks: YOLOv5n against an independent implementation, the shapes model against the truth.
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/f32_options.hpp"
#include "pipeline/pipeline.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using Detections = std::vector<vision::Detection>;

fs::path shared() {
  const char* set = std::getenv("INFERQUEUE_SHARED");  // NOLINT(concurrency-mt-unsafe)
  return set != nullptr ? set : INFERQUEUE_SHARED_DIR;
}

nlohmann::json read_json(const fs::path& path) {
  return nlohmann::json::parse(std::ifstream(path));
}

vision::Box box_of(const nlohmann::json& box) {
  return {box.at(0), box.at(1), box.at(2), box.at(3)};
}

std::vector<PictureResult> detect(const fs::path& model_path, const std::vector<fs::path>& pictures,
                                  const vision::PostprocessOptions& options) {
  ov::Core core;
  const DetectorModel model = load_model(core, model_path, std::nullopt);
  AsyncInferQueue queue(compile(core, model, f32()));
  std::vector<PictureResult> results;
  detect_pictures(model, queue, pictures, {.postprocess = options},
                  [&](PictureResult result) { results.push_back(std::move(result)); });
  return results;
}

TEST(Reference, Yolov5nFindsWhatAnIndependentImplementationFinds) {
  const fs::path model = shared() / "models/yolov5n/yolov5n.xml";
  const fs::path reference = shared() / "reference/yolov5n_conf0.25_iou0.45.json";
  if (!fs::exists(model) || !fs::exists(reference))
    GTEST_SKIP() << "the test data outside the project aren't at " << shared()
                 << "; INFERQUEUE_SHARED names another place";
  const nlohmann::json wanted = read_json(reference);
  std::vector<fs::path> pictures;
  for (const auto& [name, unused] : wanted.at("images").items()) pictures.push_back(shared() / "images" / name);
  ASSERT_GE(pictures.size(), 2U);
  for (const PictureResult& result : detect(model, pictures, {.conf = wanted.at("conf"), .iou = wanted.at("iou")})) {
    SCOPED_TRACE(result.source.string());
    EXPECT_EQ(result.error, "");
    const nlohmann::json& objects = wanted.at("images").at(result.source.filename().string());
    ASSERT_EQ(result.detections.size(), objects.size());
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const vision::Detection& found = result.detections[i];
      const vision::Box box = box_of(objects[i].at("box"));
      EXPECT_EQ(found.class_id, objects[i].at("class_id"));
      EXPECT_NEAR(found.score, objects[i].at("score").get<float>(), 0.01);
      EXPECT_NEAR(found.box.x1, box.x1, 2);
      EXPECT_NEAR(found.box.y1, box.y1, 2);
      EXPECT_NEAR(found.box.x2, box.x2, 2);
      EXPECT_NEAR(found.box.y2, box.y2, 2);
    }
  }
}

const fs::path root = INFERQUEUE_SOURCE_DIR;

/// Where the samples' true boxes are.
fs::path truth_path() {
  const fs::path beside_tests = root / "tests/pipeline/samples_truth.json";
  return fs::exists(beside_tests) ? beside_tests : root / "samples/truth.json";
}

/// Takes the best detection of the right class for an object; nothing overlaps it by half if there is none.
bool take(Detections& found, const vision::Box& box, int class_id) {
  const auto best = std::ranges::max_element(found, {}, [&](const vision::Detection& detection) {
    return detection.class_id == class_id ? vision::iou(detection.box, box) : -1.F;
  });
  if (best == found.end() || best->class_id != class_id || vision::iou(best->box, box) < 0.5F) return false;
  found.erase(best);
  return true;
}

TEST(Reference, TheShapesModelFindsWhatIsInTheSamplesAndNothingElse) {
  const nlohmann::json truth = read_json(truth_path());
  std::vector<fs::path> pictures;
  for (const auto& picture : truth.at("pictures"))
    pictures.push_back(root / "samples" / picture.at("file").get<std::string>());
  ASSERT_GE(pictures.size(), 1U);
  const auto results = detect(root / "models/shapes/shapes.xml", pictures, {.conf = 0.25F});
  ASSERT_EQ(results.size(), pictures.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    SCOPED_TRACE(pictures[i].filename().string());
    EXPECT_EQ(results[i].error, "");
    Detections found = results[i].detections;
    for (const auto& object : truth.at("pictures").at(i).at("objects"))
      EXPECT_TRUE(take(found, box_of(object.at("box")), object.at("class_id"))) << "not found: " << object;
    for (const vision::Detection& extra : found)
      ADD_FAILURE() << "extra: class " << extra.class_id << " at " << extra.box.x1 << ", " << extra.box.y1 << ", score "
                    << extra.score;
  }
}

TEST(Reference, EverySampleHasItsTruth) {
  std::size_t pictures = 0;
  for (const auto& entry : fs::directory_iterator(root / "samples"))
    if (entry.path().extension() == ".jpg" || entry.path().extension() == ".png") ++pictures;
  EXPECT_EQ(read_json(truth_path()).at("pictures").size(), pictures);
}

}  // namespace
}  // namespace inferqueue::pipeline
