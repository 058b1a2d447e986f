// `inferqueue detect` on the project's own samples and model.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using testing::content_of;

class DetectSamples : public CliTest {
 protected:
  DetectSamples() {
    for (const auto& entry : fs::directory_iterator(project_root / "samples"))
      if (entry.path().extension() == ".jpg" || entry.path().extension() == ".png") pictures.push_back(entry.path());
    std::ranges::sort(pictures);
  }

  std::vector<fs::path> pictures;
  std::string shapes = (project_root / "models/shapes/shapes.xml").string();
};

TEST_F(DetectSamples, ALineAndAnAnnotatedCopyForEach) {
  ASSERT_GE(pictures.size(), 1U);
  const auto outcome = cli({"detect", "--model", shapes, "--source", (project_root / "samples").string()});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    SCOPED_TRACE(pictures[i].string());
    const cv::Mat before = cv::imread(pictures[i].string());
    const cv::Mat after = cv::imread((temp / "runs/detect/exp" / pictures[i].filename()).string());
    ASSERT_EQ(after.size(), before.size());
    EXPECT_GT(cv::norm(before, after, cv::NORM_INF), 100) << "something is drawn";
    const std::string line = "image " + std::to_string(i + 1) + "/" + std::to_string(pictures.size()) + " " +
                             pictures[i].string() + ": " + std::to_string(before.cols) + "x" +
                             std::to_string(before.rows) + " ";
    const std::size_t at = outcome.out.find(line);
    ASSERT_NE(at, std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.substr(at, outcome.out.find('\n', at) - at).find(" ms"), std::string::npos);
  }
  EXPECT_NE(outcome.out.find(" no failures in "), std::string::npos);
  EXPECT_TRUE(outcome.out.ends_with("annotated pictures: runs/detect/exp\n")) << outcome.out;
}

TEST_F(DetectSamples, TheCommandFindsWhatTheTruthSays) {
  const fs::path beside_tests = project_root / "tests/pipeline/samples_truth.json";
  const auto truth =
      nlohmann::json::parse(content_of(fs::exists(beside_tests) ? beside_tests : project_root / "samples/truth.json"));
  Arguments arguments{"detect", "-m", shapes, "--nosave", "--json", "-", "--precision", "f32", "-s"};
  for (const auto& picture : truth.at("pictures"))
    arguments.push_back((project_root / "samples" / picture.at("file").get<std::string>()).string());
  const auto images = nlohmann::json::parse(cli(arguments).out).at("images");
  ASSERT_EQ(images.size(), truth.at("pictures").size());
  for (std::size_t i = 0; i < images.size(); ++i) {
    std::multiset<std::string> found;
    std::multiset<std::string> wanted;
    for (const auto& object : images[i].at("detections")) found.insert(object.at("class_name"));
    for (const auto& object : truth.at("pictures")[i].at("objects")) wanted.insert(object.at("class_name"));
    EXPECT_EQ(found, wanted) << images[i].at("source");
  }
}

TEST_F(DetectSamples, AFolderInPlaceOfTheModelFileWillDo) {
  const auto outcome = cli({"detect", "-m", (project_root / "models/shapes").string(), "-s", pictures.at(0).string(),
                            "--nosave", "--hint", "latency", "--nireq", "1", "--nstreams", "1"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
}

TEST_F(DetectSamples, FastDecodeFindsTheSameInPicturesThatAreMuchLarger) {
  // 1920x1080, of which a letterbox of 320x320 takes a sixth in each direction.
  const std::string chart = (project_root / "samples/shape-chart.jpg").string();
  const auto objects = [&](Arguments more) {
    Arguments arguments{"detect", "-m", shapes, "-s", chart, "--nosave", "--json", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return nlohmann::json::parse(cli(arguments).out).at("images").at(0);
  };
  const auto whole = objects({});
  const auto fast = objects({"--fast-decode"});
  EXPECT_EQ(fast.at("width"), 1920);
  EXPECT_EQ(fast.at("height"), 1080);
  ASSERT_EQ(fast.at("detections").size(), whole.at("detections").size());
  EXPECT_NE(fast.at("detections"), whole.at("detections")) << "the pixels are others";
  const auto are_near = [](const nlohmann::json& a, const nlohmann::json& b) {
    bool near = a.at("class_id") == b.at("class_id");
    for (std::size_t side = 0; side < 4; ++side)
      near &= std::abs(a.at("box")[side].get<double>() - b.at("box")[side].get<double>()) < 24;  // 4 network pixels
    return near;
  };
  for (const auto& object : whole.at("detections"))
    EXPECT_TRUE(std::ranges::any_of(fast.at("detections"), [&](const auto& its) { return are_near(object, its); }))
        << object;
}

TEST_F(DetectSamples, FastDecodeWantsNoAnnotatedPictures) {
  const auto outcome = cli({"detect", "-m", shapes, "-s", pictures.at(0).string(), "--fast-decode"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err, "inferqueue: --fast-decode: annotated pictures are drawn on whole ones; add --nosave\n");
}

TEST_F(DetectSamples, CompositeDevicesGiveTheSame) {
  for (const char* device : {"AUTO", "HETERO:CPU", "BATCH:CPU(4)", "AUTO:CPU,-GPU"}) {
    const auto outcome =
        cli({"detect", "-m", shapes, "-s", pictures.at(0).string(), "--nosave", "--json", "-", "-d", device});
    EXPECT_EQ(outcome.status, 0) << device << ": " << outcome.err;
    EXPECT_GE(nlohmann::json::parse(outcome.out).at("images").at(0).at("detections").size(), 1U) << device;
  }
}

}  // namespace
}  // namespace inferqueue::cli
