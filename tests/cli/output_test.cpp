// What `inferqueue detect` writes: lines, JSON, labels, folders. On the model whose boxes are known.
#include <filesystem>
#include <string>

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

class Output : public CliTest {
 protected:
  /// detect of a.png with the options; expects success and no word on standard error.
  std::string detect(const Arguments& options) {
    Arguments arguments{"detect", "--model", model_, "--source", "a.png", "--precision", "f32"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto outcome = cli(arguments);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }

  std::string model_ = model();
  std::string picture_ = picture("a.png", 255);
};

TEST_F(Output, TheJsonIsExactlyAsPromised) {
  detect({"--nosave", "--json", "out.json"});
  Json json = Json::parse(content_of(temp / "out.json"));
  Json& image = json.at("images").at(0);
  EXPECT_GT(image.at("latency_ms").get<double>(), 0);
  image["latency_ms"] = 0;
  const Json wanted = {
      {"schema_version", 1},
      {"model", model_},
      {"images",
       {{{"source", "a.png"},
         {"width", 64},
         {"height", 64},
         {"latency_ms", 0},
         {"detections",
          {{{"class_id", 1}, {"class_name", "green"}, {"score", 0.9}, {"box", {8.0, 16.0, 56.0, 48.0}}},
           {{"class_id", 0}, {"class_name", "red"}, {"score", 0.5}, {"box", {4.0, 4.0, 12.0, 20.0}}},
           {{"class_id", 2}, {"class_name", "blue"}, {"score", 0.3}, {"box", {40.0, 44.0, 60.0, 60.0}}}}}}}}};
  EXPECT_EQ(json.dump(1), wanted.dump(1)) << "the order of the keys too";
  EXPECT_EQ(names_in(temp.path()), "a.png model.bin model.xml out.json");
}

TEST_F(Output, JsonOnStandardOutputStandsAlone) {
  const auto outcome = cli({"detect", "-m", model_, "-s", "a.png", "missing.png", "--json", "-"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(Json::parse(outcome.out).at("images").size(), 1U);
  EXPECT_TRUE(outcome.out.ends_with("}\n"));
  EXPECT_NE(outcome.err.find("\nimage 1/1 a.png: 64x64 1 red, 1 green, 1 blue, "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("annotated pictures: runs/detect/exp\n"), std::string::npos);
}

TEST_F(Output, ADashMayAlsoBeTheNameOfTheJsonsFile) {
  detect({"--nosave", "--json", "./-"});
  EXPECT_TRUE(fs::exists(temp / "-"));
}

TEST_F(Output, NamesThatAreNoUtf8DoNotCostTheJson) {
  fs::rename(temp / "a.png", temp / "caf\xE9.png");
  const auto outcome = cli({"detect", "-m", model_, "-s", "caf\xE9.png", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(Json::parse(content_of(temp / "out.json")).at("images").at(0).at("source"), "caf\xEF\xBF\xBD.png");
  EXPECT_TRUE(fs::exists(temp / "runs/detect/exp/caf\xE9.png"));
}

TEST_F(Output, LinesAndSummary) {
  const std::string out = detect({});
  EXPECT_EQ(lines_in(out), 3U) << out;
  EXPECT_TRUE(out.starts_with("image 1/1 a.png: 64x64 1 red, 1 green, 1 blue, ")) << out;
  EXPECT_NE(out.find("\n1 of 1 pictures, 3 objects, no failures in "), std::string::npos) << out;
  EXPECT_TRUE(out.ends_with("\nannotated pictures: runs/detect/exp\n")) << out;
  EXPECT_EQ(out.find('\x1b'), std::string::npos) << "no colours or bars in a file";
}

TEST_F(Output, RunsCountUpUnlessTheFolderMayExist) {
  const fs::path runs = temp / "runs/detect";
  detect({});
  detect({});
  EXPECT_EQ(names_in(runs), "exp exp/a.png exp2 exp2/a.png");
  EXPECT_NE(detect({"--exist-ok"}).find("runs/detect/exp\n"), std::string::npos);
  EXPECT_EQ(names_in(runs), "exp exp/a.png exp2 exp2/a.png");
  detect({"--project", "my runs", "--name", "first"});
  EXPECT_EQ(names_in(temp / "my runs"), "first first/a.png");
}

TEST_F(Output, NosaveMakesNoFolder) {
  const std::string out = detect({"--nosave"});
  EXPECT_EQ(lines_in(out), 2U) << out;
  EXPECT_EQ(names_in(temp.path()), "a.png model.bin model.xml");
}

TEST_F(Output, LabelsWithAndWithoutScores) {
  const fs::path labels = temp / "runs/detect/exp/labels/a.txt";
  detect({"--save-txt"});
  EXPECT_EQ(content_of(labels), "1 0.5 0.5 0.75 0.5\n0 0.125 0.1875 0.125 0.25\n2 0.78125 0.8125 0.3125 0.25\n");
  const std::string out = detect({"--save-txt", "--save-conf", "--nosave", "--exist-ok"});
  EXPECT_EQ(content_of(labels),
            "1 0.5 0.5 0.75 0.5 0.9\n0 0.125 0.1875 0.125 0.25 0.5\n2 0.78125 0.8125 0.3125 0.25 0.3\n");
  EXPECT_TRUE(out.ends_with("\nlabels: runs/detect/exp\n")) << out;
  detect({"--save-txt", "--nosave", "--name", "labels only"});
  EXPECT_EQ(names_in(temp / "runs/detect/labels only"), "labels labels/a.txt");
}

TEST_F(Output, APictureWithoutObjectsHasAnEmptyLabelsFileAndSaysNothing) {
  const std::string out = detect({"--save-txt", "--conf", "0.95", "--json", "out.json"});
  EXPECT_NE(out.find("a.png: 64x64 nothing, "), std::string::npos) << out;
  EXPECT_EQ(names_in(temp / "runs/detect/exp"), "a.png labels labels/a.txt");
  EXPECT_EQ(content_of(temp / "runs/detect/exp/labels/a.txt"), "");
  EXPECT_EQ(Json::parse(content_of(temp / "out.json")).at("images").at(0).at("detections"), Json::array());
}

TEST_F(Output, ClassesAndMaxDetAndThresholds) {
  for (const Arguments& classes : {Arguments{"0", "2"}, {"0,2"}, {"2,0,"}, {"0,0", "2"}}) {
    Arguments options{"--nosave", "--classes"};
    options.insert(options.end(), classes.begin(), classes.end());
    EXPECT_NE(detect(options).find(" 1 red, 1 blue, "), std::string::npos) << classes.front();
  }
  EXPECT_NE(detect({"--nosave", "--max-det", "1"}).find(" 1 green, "), std::string::npos);
  EXPECT_NE(detect({"--nosave", "--conf", "0.1"}).find(" 1 red, 1 green, 2 blue, "), std::string::npos);
  EXPECT_NE(detect({"--nosave", "--conf-thres", "0.4", "--iou-thres", "1"}).find(" 1 red, 1 green, "),
            std::string::npos);
  EXPECT_NE(detect({"--nosave", "--iou", "0"}).find("3 objects"), std::string::npos) << "of one class none overlap";
  EXPECT_NE(detect({"--nosave", "--iou", "0", "--agnostic-nms"}).find("1 objects"), std::string::npos)
      << "the best touches both others";
}

TEST_F(Output, DevicesAndPrecisionsInAnyCase) {
  for (const char* device : {"cpu", "Cpu", "auto:cpu,-gpu", "Hetero:cpu"})
    EXPECT_NE(detect({"--nosave", "--device", device}).find("3 objects"), std::string::npos) << device;
  const auto outcome = cli({"detect", "-m", model_, "-s", "a.png", "--nosave", "--precision", "F32"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
}

TEST_F(Output, SourcesOfTheSameNameAreKeptApart) {
  temp.folder("b");
  picture("b/a.png");
  const auto outcome = cli({"detect", "-m", model_, "-s", "a.png", "b", "--save-txt"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(names_in(temp / "runs/detect/exp"), "a-2.png a.png labels labels/a-2.txt labels/a.txt");
}

TEST_F(Output, PicturesKeepTheirSizeAndFormat) {
  temp.folder("in");
  testing::write(temp / "in/wide.jpg", testing::plain(9, 300, 20));
  testing::write(temp / "in/tiny.bmp", testing::plain(9, 1, 1));
  testing::write(temp / "in/ä ö.webp", testing::plain(9, 30, 200));
  testing::write(temp / "in/other.jp2", testing::plain(9, 40, 50));
  const auto outcome = cli({"detect", "-m", model_, "-s", "in"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const fs::path out = temp / "runs/detect/exp";
  EXPECT_EQ(names_in(out), "other.png tiny.bmp wide.jpg ä ö.webp");
  EXPECT_EQ(cv::imread((out / "wide.jpg").string()).size(), cv::Size(300, 20));
  EXPECT_EQ(cv::imread((out / "tiny.bmp").string()).size(), cv::Size(1, 1));
  EXPECT_EQ(cv::imread((out / "ä ö.webp").string()).size(), cv::Size(30, 200));
  EXPECT_EQ(cv::imread((out / "other.png").string()).size(), cv::Size(40, 50));
}

}  // namespace
}  // namespace inferqueue::cli
