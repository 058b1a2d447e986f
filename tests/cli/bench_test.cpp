// `inferqueue bench`: the table, the words and the JSON. No figure is judged.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

using Json = nlohmann::ordered_json;
using testing::content_of;
using testing::lines_in;

class Bench : public CliTest {
 protected:
  /// Two rounds of a moment, unless the options say otherwise.
  Arguments bench(const Arguments& options) const {
    Arguments arguments{"bench", "-m", model_, "-s", "a.png", "b.png"};
    for (const auto& [option, value] : {std::pair{"--rounds", "2"}, {"--seconds", "0.001"}})
      if (std::ranges::find(options, option) == options.end()) arguments.insert(arguments.end(), {option, value});
    arguments.insert(arguments.end(), options.begin(), options.end());
    return arguments;
  }

  std::string model_ = model();
  std::string a_ = picture("a.png");
  std::string b_ = picture("b.png");
};

void expect_schema(const Json& json) {
  EXPECT_EQ(json.at("schema_version"), 1);
  std::string keys;
  for (const auto& [key, unused] : json.items()) keys += key + " ";
  EXPECT_EQ(keys, "schema_version model device pictures runs ");
  for (const Json& run : json.at("runs")) {
    keys.clear();
    for (const auto& [key, unused] : run.items()) keys += key + " ";
    EXPECT_EQ(keys, "mode hint nireq images_per_s images_per_s_min images_per_s_max cpu_s_per_image cpu_utilization ");
    EXPECT_GE(run.at("nireq").get<int>(), 1);
    EXPECT_GT(run.at("images_per_s_min").get<double>(), 0);
    EXPECT_LE(run.at("images_per_s_min").get<double>(), run.at("images_per_s").get<double>());
    EXPECT_LE(run.at("images_per_s").get<double>(), run.at("images_per_s_max").get<double>());
    EXPECT_TRUE(run.at("cpu_s_per_image").is_number());
    EXPECT_TRUE(run.at("cpu_utilization").is_number());
  }
}

TEST_F(Bench, ATableAHeadlineAndTheJson) {
  const auto outcome = cli(bench({"--json", "out.json"}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  for (const char* text : {" on CPU: letterbox, inference and NMS of 2 pictures in memory, 2 rounds, median\n",
                           "pictures/s", "one request ", "two requests ", "queue ", "Each mode under its own best hint",
                           "Same hint, LATENCY:\n", "Same hint, THROUGHPUT:\n", "queue / one request: "})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text << "\n" << outcome.out;
  const Json json = Json::parse(content_of(temp / "out.json"));
  expect_schema(json);
  EXPECT_EQ(json.at("model"), model_);
  EXPECT_EQ(json.at("device"), "CPU");
  EXPECT_EQ(json.at("pictures"), 2);
  std::set<std::string> cells;
  for (const Json& run : json.at("runs"))
    cells.insert(run.at("mode").get<std::string>() + " " + run.at("hint").get<std::string>());
  EXPECT_EQ(cells, (std::set<std::string>{"queue LATENCY", "queue THROUGHPUT", "sync LATENCY", "sync THROUGHPUT",
                                          "two_requests LATENCY", "two_requests THROUGHPUT"}));
}

TEST_F(Bench, JsonOnStandardOutputStandsAlone) {
  const auto outcome = cli(bench({"--json", "-", "--modes", "queue", "--hint", "tput", "--nireq", "3"}));
  EXPECT_EQ(outcome.status, 0);
  const Json json = Json::parse(outcome.out);
  expect_schema(json);
  ASSERT_EQ(json.at("runs").size(), 1U);
  EXPECT_EQ(json.at("runs").at(0).at("nireq"), 3);
  EXPECT_EQ(json.at("runs").at(0).at("hint"), "THROUGHPUT");
  EXPECT_NE(outcome.err.find("pictures/s"), std::string::npos);
}

TEST_F(Bench, OneModeOfTwoComparesWhatThereIs) {
  const auto outcome = cli(bench({"--modes", "sync", "queue", "--hint", "latency", "--rounds", "1"}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_NE(outcome.out.find("queue (LATENCY) / one request (LATENCY): "), std::string::npos) << outcome.out;
  EXPECT_EQ(outcome.out.find("two requests"), std::string::npos) << outcome.out;
}

TEST_F(Bench, WrongOptionsAreNamed) {
  expect_refused(bench({"--modes", "sync,async"}),
                 {"--modes async: unknown; use sync, two_requests, queue or inference"}, 2);
  expect_refused(bench({"--hint", "latency", "fast"}), {"hint 'fast': unknown"}, 2);
  expect_refused(bench({"--rounds", "0"}), {"--rounds 0: give 1 or more"}, 2);
  for (const std::string value : {"0", "-1", "nan", "3601"})
    expect_refused(bench({"--seconds", value}), {"--seconds ", "give more than 0, at most 3600"}, 2);
  expect_refused(bench({"--device", "NPU7"}), {"device 'NPU7': there is no such device"});
}

TEST_F(Bench, WithoutAPictureThereIsOneLineForEachReason) {
  temp.file("empty.png");
  temp.folder("none");
  expect_refused({"bench", "-m", model_, "-s", "empty.png"}, {"empty.png: is empty"});
  expect_refused({"bench", "-m", model_, "-s", "none"}, {"none: there is no picture in this folder"});
  expect_refused({"bench", "-m", "none.xml", "-s", "a.png"}, {"model 'none.xml': there is no such file"});
}

TEST_F(Bench, ABadPictureAmongGoodOnesIsToldAndLeftOut) {
  temp.file("empty.png");
  const auto outcome = cli({"bench", "-m", model_, "-s", "a.png", "empty.png", "--rounds", "1", "--seconds", "0.001"});
  EXPECT_EQ(outcome.err, "inferqueue: empty.png: is empty\n");
  EXPECT_NE(outcome.out.find(" of 1 picture in memory, 1 round, "), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace inferqueue::cli
