// `inferqueue bench`: the table, the words and the JSON. No figure is judged.
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openvino/openvino.hpp>
#include <openvino/opsets/opset13.hpp>

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

std::string keys_of(const Json& json) {
  std::string keys;
  for (const auto& [key, unused] : json.items()) keys += key + " ";
  return keys;
}

/// Everything is a number, in order, and the buckets hold what was counted.
void expect_distribution(const Json& times, std::uint64_t count) {
  EXPECT_EQ(keys_of(times), "mean p50 p90 p95 p99 p99_9 max histogram ");
  double before = 0;
  for (const char* key : {"p50", "p90", "p95", "p99", "p99_9", "max"}) {
    EXPECT_GE(times.at(key).get<double>(), before) << key;
    before = times.at(key).get<double>();
  }
  std::uint64_t in_buckets = 0;
  for (const Json& bucket : times.at("histogram")) {
    EXPECT_LT(bucket.at(0).get<double>(), bucket.at(1).get<double>());
    in_buckets += bucket.at(2).get<std::uint64_t>();
  }
  EXPECT_EQ(in_buckets, count);
}

void expect_run(const Json& run) {
  EXPECT_EQ(
      keys_of(run),
      "mode device hint nireq nstreams batch inference_precision rate_per_s throughput_per_s throughput_interval "
      "interval_coverage "
      "rounds cpu_utilization others_cpu_utilization cpu_s_per_item device_utilization requests failures first_failure "
      "unsent latency_us "
      "wait_us prepare_us service_us callback_us benchmark_app_latency_us service_estimate_us over_time timeline ");
  const double throughput = run.at("throughput_per_s");
  EXPECT_LE(run.at("throughput_interval").at(0).get<double>(), throughput);
  EXPECT_GE(run.at("throughput_interval").at(1).get<double>(), throughput);
  const auto count = run.at("requests").get<std::uint64_t>();
  EXPECT_GE(count, 1U);
  for (const char* part :
       {"latency_us", "wait_us", "prepare_us", "service_us", "callback_us", "benchmark_app_latency_us"})
    expect_distribution(run.at(part), count);
  EXPECT_GT(run.at("service_estimate_us").get<double>(), 0);
  EXPECT_LE(run.at("service_estimate_us").get<double>(), run.at("service_us").at("max").get<double>() * 1.04);
  for (const Json& request : run.at("timeline").at("slots")) {
    ASSERT_EQ(request.size(), 6U);
    for (std::size_t i = 3; i < request.size(); ++i) EXPECT_LE(request[i - 1], request[i]);
  }
}

void expect_schema(const Json& json) {
  EXPECT_EQ(json.at("schema_version"), 1);
  EXPECT_EQ(json.at("kind"), "bench");
  EXPECT_FALSE(json.at("versions").at("openvino").get<std::string>().empty());
  EXPECT_GE(json.at("machine").at("cpus").get<int>(), json.at("machine").at("usable_cpus").get<int>());
  EXPECT_GE(json.at("memory").at("peak_bytes").get<double>(), json.at("memory").at("rss_bytes").get<double>());
  for (const char* key : {"compile_s", "first_inference_s"})
    for (const Json& seconds : json.at(key)) EXPECT_GT(seconds.get<double>(), 0) << key;
  for (const Json& run : json.at("runs")) expect_run(run);
}

TEST_F(Bench, ATableAHeadlineAndTheJson) {
  const auto outcome = cli(bench({"--json", "out.json"}));
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  for (const char* text : {" on CPU: letterbox, inference and NMS of 2 pictures in memory, 2 rounds, median",
                           "pictures/s", "one request ", "two requests ", "queue ", "Each mode under its own best hint",
                           "Same hint, LATENCY:\n", "Same hint, THROUGHPUT:\n", "queue / one request: "})
    EXPECT_NE(outcome.out.find(text), std::string::npos) << text << "\n" << outcome.out;
  const Json json = Json::parse(content_of(temp / "out.json"));
  expect_schema(json);
  EXPECT_EQ(json.at("model").at("path"), model_);
  EXPECT_EQ(json.at("work"), "detection");
  EXPECT_EQ(json.at("pictures"), 2);
  ASSERT_EQ(json.at("comparison").at("headline").size(), 3U);
  EXPECT_TRUE(json.at("comparison").at("headline").at(0).at("ratio_to_sync").is_null());
  EXPECT_GT(json.at("comparison").at("headline").at(2).at("ratio_to_sync").get<double>(), 0);
  EXPECT_TRUE(json.at("comparison").at("headline").at(2).at("beyond_noise").is_null()) << "two rounds tell nothing";
  EXPECT_EQ(json.at("comparison").at("same_hint").size(), 6U);
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

TEST_F(Bench, AnyModelIsMeasuredByInferenceAlone) {
  const auto outcome =
      cli({"bench", "-m", "builtin:mlp", "-b", "4", "-t", "0.01", "--rounds", "2", "--hint", "none", "--json", "-"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  expect_schema(json);
  EXPECT_EQ(json.at("work"), "inference");
  EXPECT_EQ(json.at("model").at("inputs").dump(), R"([{"name":"x","shape":"[4,256]","type":"f32"}])");
  ASSERT_EQ(json.at("runs").size(), 3U);
  EXPECT_EQ(json.at("runs").at(0).at("batch"), 4);
  EXPECT_EQ(json.at("runs").at(0).at("hint"), "none");
  EXPECT_NE(outcome.err.find("builtin:mlp on CPU: inference alone, 2 rounds"), std::string::npos) << outcome.err;
}

TEST_F(Bench, IterationsAreOfAllRoundsAndNeedNoTime) {
  // Each with the rounds that there are then: no more than iterations, which they share.
  for (const auto& [options, rounds] : {std::pair{Arguments{"--niter", "10", "-t", "600"}, 6U},
                                        {Arguments{"-niter", "10", "--rounds", "4"}, 4U},
                                        {Arguments{"-niter", "2"}, 2U}}) {
    Arguments arguments{"bench", "-m", "builtin:relu", "--hint", "throughput", "--json", "-"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto outcome = cli(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    const Json json = Json::parse(outcome.out);
    EXPECT_EQ(json.at("method").at("rounds"), rounds);
    for (const Json& run : json.at("runs")) EXPECT_EQ(run.at("requests"), std::stoi(options.at(1)));
  }
}

TEST_F(Bench, TheCsvHasALineForEachRun) {
  const auto outcome = cli(bench({"--csv", "out.csv", "--hint", "throughput"}));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::istringstream lines(content_of(temp / "out.csv"));
  std::vector<std::ptrdiff_t> commas;
  for (std::string line; std::getline(lines, line);) commas.push_back(std::ranges::count(line, ','));
  ASSERT_EQ(commas.size(), 4U);
  EXPECT_GT(commas[0], 30);
  for (const std::ptrdiff_t count : commas) EXPECT_EQ(count, commas[0]);
}

TEST_F(Bench, ACurveOverTheRequestsHasItsKnee) {
  const auto outcome =
      cli({"bench", "-m", "builtin:relu", "-nireq", "1:3", "--seconds", "0.01", "--rounds", "2", "--json", "-"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  int knees = 0;
  ASSERT_EQ(json.at("curve").size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(json.at("curve").at(i).at("nireq"), i + 1);
    EXPECT_GT(json.at("curve").at(i).at("p99_us").get<double>(), 0);
    knees += json.at("curve").at(i).at("is_knee").get<bool>() ? 1 : 0;
  }
  EXPECT_EQ(knees, 1);
  EXPECT_NE(outcome.err.find("The knee: "), std::string::npos) << outcome.err;
}

TEST_F(Bench, OpenLoopsFindTheHighestRateThatHolds) {
  const auto outcome = cli({"bench", "-m", "builtin:relu", "--rate", "100:200:50", "--arrivals", "poisson", "--seconds",
                            "0.05", "--rounds", "1", "--max-p99", "60000", "--json", "-"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  ASSERT_EQ(json.at("open_loop").size(), 3U);
  EXPECT_EQ(json.at("open_loop").at(2).at("rate_per_s"), 200);
  EXPECT_EQ(json.at("method").at("arrivals"), "poisson");
  EXPECT_EQ(json.at("method").at("most_p99_us"), 60e6);
  EXPECT_NE(outcome.err.find("Open loop, latency from the moment a request was due"), std::string::npos);
  const auto none = cli(
      {"bench", "-m", "builtin:relu", "--rate", "100", "--seconds", "0.05", "--rounds", "1", "--max-p99", "0.000001"});
  EXPECT_NE(none.out.find("No rate holds."), std::string::npos) << none.out;
}

TEST_F(Bench, SpellingsOfBenchmarkAppKeepTheirMeaning) {
  const auto outcome = cli({"bench",
                            "-m",
                            "builtin:mlp",
                            "-d",
                            "CPU",
                            "-hint",
                            "none",
                            "-api",
                            "async",
                            "-t",
                            "0.02",
                            "-niter",
                            "40",
                            "-nireq=3",
                            "--nstreams",
                            "1",
                            "-nthreads",
                            "1",
                            "-b",
                            "2",
                            "-shape",
                            "[1,256]",
                            "-infer_precision",
                            "f32",
                            "-cdir",
                            "cache",
                            "-dump_config",
                            "config.json",
                            "-report_type",
                            "average_counters",
                            "-report_folder",
                            "out/report",
                            "-json_stats",
                            "-latency_percentile",
                            "95",
                            "-pc"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("p95"), std::string::npos) << outcome.out;
  const Json json = Json::parse(content_of(temp / "out/report/benchmark_report.json"));
  ASSERT_EQ(json.at("runs").size(), 1U);
  const Json& run = json.at("runs").at(0);
  EXPECT_EQ(run.at("mode"), "queue");
  EXPECT_EQ(run.at("nireq"), 3);
  EXPECT_EQ(run.at("nstreams"), 1);
  EXPECT_EQ(run.at("batch"), 2);
  EXPECT_FALSE(json.at("layers").empty());
  EXPECT_EQ(
      Json::parse(content_of(temp / "config.json")).dump(),
      R"({"CPU":{"NUM_STREAMS":"1","INFERENCE_NUM_THREADS":"1","INFERENCE_PRECISION_HINT":"f32","CACHE_DIR":"cache"}})");
  const auto loaded = cli({"bench", "-m", "builtin:mlp", "-load_config", "config.json", "-hint", "none", "-api", "sync",
                           "-t", "0.02", "--json", "-"});
  EXPECT_EQ(Json::parse(loaded.out).at("runs").at(0).at("nstreams"), 1) << loaded.err;
}

TEST_F(Bench, TheHintOfAConfigurationIsTheOneThatIsMeasured) {
  const Arguments once{"bench", "-m", "builtin:mlp", "-api", "async", "-t", "0.02", "--json", "-"};
  Arguments dump = once;
  dump.insert(dump.end(), {"-hint", "throughput", "-dump_config", "config.json"});
  ASSERT_EQ(cli(dump).status, 0);
  Arguments load = once;
  load.insert(load.end(), {"-load_config", "config.json", "-dump_config", "again.json"});
  const Json runs = Json::parse(cli(load).out).at("runs");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs.at(0).at("hint"), "THROUGHPUT");
  EXPECT_EQ(content_of(temp / "again.json"), content_of(temp / "config.json"));
}

TEST_F(Bench, TheLongSpellingsOfBenchmarkAppInPythonDoToo) {
  const auto outcome = cli({"bench",
                            "--path_to_model",
                            "builtin:mlp",
                            "-target_device",
                            "CPU",
                            "--perf_hint=none",
                            "--api_type",
                            "async",
                            "--number_iterations",
                            "3",
                            "-number_infer_requests",
                            "2",
                            "--number_streams=1",
                            "-batch_size",
                            "2",
                            "--cache_dir",
                            "cache",
                            "--perf_counts",
                            "True",
                            "-report_folder",
                            "out",
                            "-json_stats",
                            "false"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_FALSE(std::filesystem::exists(temp / "out/benchmark_report.json"));
  EXPECT_NE(outcome.out.find("real µs"), std::string::npos) << outcome.out;
  EXPECT_NE(content_of(temp / "out/benchmark_report.csv").find("queue,\"CPU\",none,2,1,2,"), std::string::npos);
  const auto off = cli({"bench", "-m", "builtin:mlp", "-niter", "1", "-pc", "false"});
  EXPECT_EQ(off.status, 0) << off.err;
  EXPECT_EQ(off.out.find("real µs"), std::string::npos) << off.out;
}

TEST_F(Bench, TheVerdictIsInTheReport) {
  const auto outcome = cli({"bench", "-m", "builtin:relu", "-t", "0.02", "--hint", "latency", "--json", "-"});
  const Json json = Json::parse(outcome.out);
  EXPECT_FALSE(json.at("verdict").at("kind").get<std::string>().empty());
  EXPECT_NE(outcome.err.find(json.at("verdict").at("text").get<std::string>()), std::string::npos) << outcome.err;
}

/// A model that is given its output's shape as its input, and fails for nearly all.
std::string save_failing_model(const testing::TempFolder& temp) {
  const auto x = std::make_shared<ov::opset13::Parameter>(ov::element::i64, ov::Shape{2});
  x->output(0).set_names({"x"});
  const auto data = ov::opset13::Constant::create(ov::element::f32, {7}, std::vector<float>(7, 1.F));
  const auto y = std::make_shared<ov::opset13::Reshape>(data, x, false);
  const auto path = (temp / "failing.xml").string();
  ov::serialize(std::make_shared<ov::Model>(ov::OutputVector{y}, ov::ParameterVector{x}), path);
  return path;
}

TEST_F(Bench, InferencesThatFailAreCountedAndReported) {
  const auto outcome = cli({"bench", "-m", save_failing_model(temp), "--niter", "4", "--rounds", "2", "--hint",
                            "throughput", "--json", "-", "--pc"});
  EXPECT_EQ(outcome.status, 1);
  const Json json = Json::parse(outcome.out);
  ASSERT_EQ(json.at("runs").size(), 3U);
  for (const Json& run : json.at("runs")) {
    EXPECT_EQ(run.at("failures"), 4);
    EXPECT_EQ(run.at("throughput_per_s"), 0);
    EXPECT_FALSE(run.at("first_failure").get<std::string>().empty());
  }
  EXPECT_TRUE(json.at("verdict").is_null());
  for (const Json& entry : json.at("comparison").at("headline")) EXPECT_TRUE(entry.at("ratio_to_sync").is_null());
  EXPECT_NE(outcome.err.find("queue / one request: nothing to compare"), std::string::npos) << outcome.err;
  EXPECT_TRUE(json.at("first_inference_s").at(0).is_null());
  EXPECT_NE(outcome.err.find("queue (THROUGHPUT): 4 inferences failed: "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("inferqueue: 12 inferences failed\n"), std::string::npos) << outcome.err;
}

TEST_F(Bench, WithoutAModelItDetectsInMadeUpPictures) {
  const auto outcome = cli({"bench", "--seconds", "0.001", "--rounds", "1", "--json", "-"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  expect_schema(json);
  EXPECT_EQ(json.at("model").at("path"), "builtin:yolov5n");
  EXPECT_EQ(json.at("work"), "detection");
  EXPECT_EQ(json.at("pictures"), 2);
  EXPECT_EQ(json.at("runs").size(), 6U);
}

}  // namespace
}  // namespace inferqueue::cli
