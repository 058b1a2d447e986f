// The programs of examples/, run as a reader runs them, on what lies in the repository.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace inferqueue {
namespace {

namespace fs = std::filesystem;

const fs::path root = INFERQUEUE_SOURCE_DIR;
const std::string shapes = (root / "models/shapes/shapes.xml").string();
const std::string samples = (root / "samples").string();

using Counts = std::map<std::string, int>;

class Examples : public ::testing::Test {
 protected:
  testing::Outcome run(const std::string& name, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), (fs::path(INFERQUEUE_EXAMPLES) / name).string());
    return testing::run(arguments, temp_.path());
  }
  /// What it prints; expects success and no word on standard error.
  std::string output_of(const std::string& name, const std::vector<std::string>& arguments) const {
    const testing::Outcome outcome = run(name, arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    return outcome.out;
  }

  testing::TempFolder temp_;
};

std::vector<std::smatch> all_matches(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

double number(const std::string& text, const std::string& before) {
  std::smatch match;
  EXPECT_TRUE(std::regex_search(text, match, std::regex(before + R"(\s+([0-9.]+))"))) << before << " in\n" << text;
  return match.empty() ? -1 : std::stod(match[1]);
}

/// "2 circle, 1 star" as counts.
Counts counts_in(const std::string& summary) {
  Counts counts;
  std::istringstream stream(summary);
  for (std::string item; std::getline(stream, item, ',');) {
    std::istringstream words(item);
    int count = 0;
    std::string name;
    words >> count >> name;
    counts[name] += count;
  }
  return counts;
}

std::map<std::string, Counts> truth() {
  std::map<std::string, Counts> truth;
  const auto json = nlohmann::json::parse(std::ifstream(root / "tests/pipeline/samples_truth.json"));
  for (const auto& picture : json.at("pictures"))
    for (const auto& object : picture.at("objects")) ++truth[picture.at("file")][object.at("class_name")];
  return truth;
}

/// Checks the report at the end of yolov5_async_infer_queue.
void expect_sound_report(const std::string& out) {
  const double count = number(out, "Count:");
  EXPECT_GE(number(out, "Requests:"), 1);
  EXPECT_GE(number(out, "Duration:"), 200);
  EXPECT_NEAR(number(out, "Throughput:"), count / number(out, "Duration:") * 1e3, 0.1);
  EXPECT_GT(number(out, "Min:"), 0);
  EXPECT_LE(number(out, "Min:"), number(out, "Median:"));
  EXPECT_LE(number(out, "Median:"), number(out, "Max:"));
  EXPECT_LE(number(out, "Min:"), number(out, "Average:"));
  EXPECT_LE(number(out, "Average:"), number(out, "Max:"));
}

TEST_F(Examples, TheArticlesProgramFindsWhatIsInTheSamples) {
  const std::string out = output_of("yolov5_async_infer_queue", {shapes, samples, "--seconds", "0.2"});
  std::map<std::string, Counts> found;
  for (const std::smatch& line : all_matches(out, std::regex(R"(([^\n\t]+)\t[0-9.]+ ms\t([^\n]+)\n)"))) {
    EXPECT_FALSE(found.contains(line[1])) << line[1] << " is printed twice";
    found[line[1]] = counts_in(line[2]);
  }
  EXPECT_EQ(found, truth()) << out;
  EXPECT_GE(number(out, "Count:"), 10);
  expect_sound_report(out);
}

TEST_F(Examples, TheArticlesProgramTakesOtherDevicesAndHints) {
  const std::string out = output_of("yolov5_async_infer_queue", {shapes, samples + "/party.jpg", "--device", "AUTO:CPU",
                                                                 "--hint", "latency", "--seconds", "0.2"});
  EXPECT_NE(out.find("party.jpg\t"), std::string::npos) << out;
  expect_sound_report(out);
}

TEST_F(Examples, TheArticlesProgramSaysWhatIsWrong) {
  temp_.folder("folders/one");
  for (const auto& [arguments, text] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"none.xml", samples}, "model 'none.xml': there is no such file"},
           {{shapes, "none"}, "none: no such file"},
           {{shapes, "folders/*"}, "folders/*: matches no picture"},
           {{shapes, samples, "--iterations", "-5"}, "--iterations: "},
           {{shapes, samples, "--seconds", "inf"}, "--seconds: "},
           {{shapes, samples, "--colour"}, "--colour"},
           {{}, "MODEL is required"},
           {{shapes, samples, "--device", "GPU.7"}, "there is no such device"},
           {{shapes, samples, "--hint", "fast"}, "hint 'fast': unknown"}}) {
    const testing::Outcome outcome = run("yolov5_async_infer_queue", arguments);
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(outcome.err.starts_with("yolov5_async_infer_queue: ")) << outcome.err;
    EXPECT_NE(outcome.err.find(text), std::string::npos) << outcome.err;
    EXPECT_EQ(testing::lines_in(outcome.err), 1U) << outcome.err;
  }
}

TEST_F(Examples, OneRequestMeasuresBothHints) {
  const std::string out = output_of("one_request", {shapes, "CPU", "0.1"});
  const std::regex line(
      R"((LATENCY|THROUGHPUT) +1 of [1-9][0-9]* requests: +[0-9.]+ inferences/s, +[0-9.]+ ms each, +([0-9]+) % of the processors\n)");
  const auto lines = all_matches(out, line);
  ASSERT_EQ(lines.size(), 2U) << out;
  for (const std::smatch& match : lines) EXPECT_LE(std::stoi(match[2]), 110) << out;
}

TEST_F(Examples, TwoRequestsCompareThemselvesWithOne) {
  const std::string out = output_of("two_requests", {shapes, "CPU", "0.2"});
  const std::regex line(
      R"((LATENCY|THROUGHPUT) +one request: ([0-9.]+) inferences/s, two requests: ([0-9.]+), that is ([0-9.]+) times as many\n)");
  const auto lines = all_matches(out, line);
  ASSERT_EQ(lines.size(), 2U) << out;
  for (const std::smatch& match : lines)
    EXPECT_NEAR(std::stod(match[3]) / std::stod(match[2]), std::stod(match[4]), 0.02) << out;
}

TEST_F(Examples, LeasesAreWrittenInPlace) {
  EXPECT_TRUE(
      std::regex_match(output_of("lease_in_place", {}),
                       std::regex(R"(100 items through ([1-9][0-9]*) slots: 100 right, [1-9][0-9]* input buffers\n)")));
}

TEST_F(Examples, ClassificationNamesTheBestClassesOfEachPicture) {
  const std::string out = output_of("classification", {"builtin:mlp", samples, "4"});
  std::set<std::string> pictures;
  for (const std::smatch& line : all_matches(out, std::regex(R"(([^\n:]+):((?:  class [0-9] \([0-9.]+\)){4})\n)"))) {
    pictures.insert(line[1]);
    const std::string classes = line[2];
    double last = INFINITY;
    for (const std::smatch& match : all_matches(classes, std::regex(R"(\(([0-9.]+)\))"))) {
      EXPECT_LE(std::stod(match[1]), last) << out;
      last = std::stod(match[1]);
    }
  }
  std::set<std::string> wanted;
  for (const auto& [name, counts] : truth()) wanted.insert(name);
  EXPECT_EQ(pictures, wanted) << out;
  EXPECT_EQ(testing::lines_in(out), wanted.size());
  EXPECT_EQ(run("classification", {shapes, samples}).err, "classification: the model is no classifier\n");
}

TEST_F(Examples, TheTimelineDrawsEveryInferenceOfEveryMode) {
  const std::string out = output_of("timeline", {shapes, samples, "t.svg", "latency", "4", "2"});
  EXPECT_EQ(all_matches(out, std::regex(": 4 frames in [0-9.]+ ms\n")).size(), 3U) << out;
  const std::string svg = testing::content_of(temp_ / "t.svg");
  EXPECT_TRUE(svg.starts_with("<svg ")) << svg;
  EXPECT_TRUE(svg.ends_with("</svg>\n")) << svg;
  for (const char* frame : {"0", "1", "2", "3"})
    EXPECT_EQ(all_matches(svg, std::regex(std::string("text-anchor='middle'>") + frame + "<")).size(), 3U) << frame;
  EXPECT_EQ(run("timeline", {shapes, samples, "none/t.svg", "latency", "1", "1"}).err,
            "timeline: none/t.svg: can't be written: No such file or directory\n");
}

TEST_F(Examples, ATimelineThatFailsLeavesTheFileAsItWas) {
  temp_.file("t.svg", "the last one");
  temp_.folder("folders/one");
  for (const std::string pictures : {"none", "folders/*"}) {
    const testing::Outcome outcome = run("timeline", {shapes, pictures, "t.svg"});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(outcome.err.starts_with("timeline: " + pictures + ": ")) << outcome.err;
    EXPECT_EQ(testing::lines_in(outcome.err), 1U) << outcome.err;
  }
  EXPECT_EQ(testing::content_of(temp_ / "t.svg"), "the last one");
}

TEST_F(Examples, APanMovesOverEachPicture) {
  EXPECT_EQ(output_of("pan", {samples, "pan.mp4", "0.5"}), "pan.mp4: 36 frames\n") << "six of each picture";
  EXPECT_GT(fs::file_size(temp_ / "pan.mp4"), 10'000U);
  EXPECT_EQ(run("pan", {(temp_ / "none").string(), "none.mp4"}).err,
            "pan: " + (temp_ / "none").string() + ": no such file, folder or match\n");
  EXPECT_FALSE(fs::exists(temp_ / "none.mp4"));
}

TEST_F(Examples, NumbersAreAboveZero) {
  using Words = std::vector<std::string>;
  const Words timeline{shapes, samples, "t.svg", "latency"};
  for (const std::string number : {"0", "-1", "abc", "2x", "", "nan", "inf", "99999999999999999999999e999"}) {
    Words frames = timeline;
    frames.push_back(number);
    Words runs = timeline;
    runs.insert(runs.end(), {"2", number});
    for (const auto& [name, arguments, what] : std::vector<std::tuple<std::string, Words, std::string>>{
             {"one_request", {shapes, "CPU", number}, "SECONDS"},
             {"two_requests", {shapes, "CPU", number}, "SECONDS"},
             {"classification", {"builtin:mlp", samples, number}, "BEST"},
             {"pan", {samples, "p.mp4", number}, "SECONDS"},
             {"timeline", frames, "FRAMES"},
             {"timeline", runs, "RUNS"}}) {
      const testing::Outcome outcome = run(name, arguments);
      EXPECT_EQ(outcome.status, 1);
      EXPECT_TRUE(outcome.err.starts_with(name + ": " + what + " '" + number + "': give a number above 0"))
          << outcome.err;
      EXPECT_EQ(testing::lines_in(outcome.err), 1U) << outcome.err;
    }
  }
  EXPECT_FALSE(fs::exists(temp_ / "t.svg"));
}

TEST_F(Examples, EachSaysHowItIsUsed) {
  for (const std::string name : {"one_request", "two_requests", "classification", "timeline"}) {
    const testing::Outcome outcome = run(name, {});
    EXPECT_EQ(outcome.status, 1);
    EXPECT_TRUE(outcome.err.starts_with(name + ": usage: " + name + " MODEL")) << outcome.err;
  }
  EXPECT_EQ(run("pan", {}).err, "pan: usage: pan PICTURES VIDEO.mp4 [SECONDS]\n");
}

}  // namespace
}  // namespace inferqueue
