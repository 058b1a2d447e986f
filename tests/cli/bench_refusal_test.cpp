// `inferqueue bench` where it can't do what it is asked: one line that names the thing, before anything is measured.
#include <filesystem>
#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

class BenchRefuses : public CliTest {
 protected:
  /// Expects that these options of detection are refused.
  void expect_detection_refused(const Arguments& options, std::initializer_list<std::string> texts,
                                int status = 2) const {
    Arguments arguments{"bench", "-m", model_, "-s", "a.png"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    expect_refused(arguments, texts, status);
  }

  std::string model_ = model();
  std::string a_ = picture("a.png");
};

TEST_F(BenchRefuses, WrongOptionsAreNamed) {
  expect_detection_refused({"--modes", "sync,async"},
                           {"--modes async: unknown; use sync, two_requests, queue or inference"});
  expect_detection_refused({"--hint", "latency", "fast"}, {"hint 'fast': unknown"});
  expect_detection_refused({"--rounds", "0"}, {"--rounds 0: give 1 to 1000000"});
  expect_detection_refused({"--modes", "sync,queue,sync"}, {"--modes sync: is named twice"});
  expect_detection_refused({"--hint", "throughput,tput"}, {"--hint tput: is named twice"});
  expect_detection_refused({"--niter", "-1"}, {"--niter -1: give 0 (no limit) or more"});
  for (const std::string value : {"0", "101", "nan"})
    expect_detection_refused({"--latency-percentile", value}, {"--latency-percentile ", "give more than 0, at most"});
  for (const std::string value : {"0", "-1", "nan", "3601"})
    expect_detection_refused({"--seconds", value}, {"--seconds ", "give more than 0, at most 3600"});
  expect_detection_refused({"--device", "NPU7"}, {"device 'NPU7': there is no such device"}, 1);
}

TEST_F(BenchRefuses, WhatCannotBeMeasuredIsToldInOneLineBefore) {
  expect_refused({"bench", "-m", "builtin:mlp", "--shape", "[1,77]"}, {"--shape", "the model refuses", "x f32 [1,256]"},
                 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--shape", "[0,256]"},
                 {"--shape: [0,256] of the input 'x' holds nothing"}, 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--shape", "y[1,256]"}, {"no input 'y'; it has x f32 [1,256]"}, 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--shape", "1x256"}, {"--shape 1x256: write [1,3,640,640]"}, 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--time", "0"}, {"--time 0: give more than 0"}, 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--time", "1", "--seconds", "1"}, {"--time, --seconds: give one"}, 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--csv", "none/a.csv"}, {"--csv none/a.csv: there is no folder none"});
  expect_refused({"bench", "-m", "builtin:mlp", "--csv", "-", "--json", "-"}, {"--json, --csv: only one"}, 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--input", "none.npy"}, {"--input none.npy: can't be read"});
  expect_refused({"bench", "-m", "builtin:mlp", "--input", "z=zeros"}, {"no input 'z'"}, 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--input", "a.png"}, {"--input a.png: a picture goes into"}, 2);
  expect_refused({"bench", "-m", "none.xml"}, {"model 'none.xml': there is no such file"});
  expect_detection_refused({"--input", "zeros"}, {"--input, --source: give one of the two"}, 2);
  for (const std::string range : {"4:1", "0:3", "1:1000000"})
    expect_refused({"bench", "-m", "builtin:mlp", "--nireq", range}, {"--nireq " + range + ": give a range"}, 2);
  for (const std::string range : {"a", "1:", "1:2:3", "99999999999999999999"})
    expect_refused({"bench", "-m", "builtin:mlp", "--nireq", range}, {"--nireq " + range + ": give a number"}, 2);
  expect_refused({"bench", "-m", "builtin:mlp", "--batch", "0"}, {"--batch 0: give 1 to 65536"}, 2);
}

TEST_F(BenchRefuses, OtherOptionsOfBenchmarkAppNameTheNearest) {
  expect_refused({"bench", "-data_shape", "[1,2]"}, {"-data_shape: benchmark_app's", "the nearest is --shape"}, 2);
  for (const std::string option : {"-i", "--paths_to_input"})
    expect_refused({"bench", "-m", "builtin:mlp", option, "a.npy"}, {option + ": benchmark_app's", "is --input"}, 2);
  for (const std::string option : {"-c", "-lfile", "-scale_values", "-imean", "-use_device_mem", "--pcsort"})
    expect_refused({"bench", option, "x"}, {option + ": benchmark_app's", "the nearest is --"}, 2);
  for (const std::string option : {"-hnt", "-dump", "-shapes"})
    expect_refused({"bench", option, "1"}, {option + ": there is no such option"}, 2);
  expect_refused({"bench", "--max_irate=5"}, {"--max_irate: benchmark_app's", "the nearest is --rate"}, 2);
  expect_refused({"bench", "-api", "sync", "--modes", "queue"}, {"--api, --modes: give one of the two"}, 2);
  expect_refused({"bench", "-api", "both"}, {"--api both: unknown; use sync or async"}, 2);
  temp.file("file");
  expect_refused({"bench", "-report_folder", "file/x"}, {"--report-folder file/x: can't be made"});
  expect_refused({"bench", "-report_folder", "unmade", "--rate", "0"}, {"--rate 0"}, 2);
  EXPECT_FALSE(std::filesystem::exists(temp / "unmade")) << "nothing is made before the options are known to be right";
  expect_refused({"bench", "-json_stats"}, {"--json-stats: give a --report-folder"}, 2);
  expect_refused({"bench", "-report_type", "some"}, {"--report-type some: unknown"}, 2);
  expect_refused({"bench", "-load_config", "file"}, {"--load-config file: is not like"});
  temp.file("config.json", R"({"CPU": {"PERFORMANCE_HINT": "THROUGHPUT"}})");
  expect_refused({"bench", "-load_config", "config.json", "-hint", "latency"},
                 {"--hint, --load-config: config.json has a PERFORMANCE_HINT too; give one of the two"}, 2);
  expect_refused({"bench", "-load_config", "."}, {"--load-config .: can't be read"});
}

TEST_F(BenchRefuses, RatesAndCurvesThatAreNone) {
  for (const std::string rate : {"0", "-5", "nan", "inf", "1:2:0", "ten"})
    expect_refused({"bench", "--rate", rate}, {"--rate " + rate + ": give items/s"}, 2);
  expect_refused({"bench", "--rate", "1:2:1e-9"}, {"--rate 1:2:1e-9: give at most 100 rates"}, 2);
  expect_refused({"bench", "--rate", "10:20"}, {"--rate 10:20: a range has a first"}, 2);
  expect_refused({"bench", "--rate", "10", "--nireq", "1:3"}, {"--rate: give --nireq one number"}, 2);
  expect_refused({"bench", "--rate", "10", "--hint", "latency,tput"}, {"--rate: give one --hint"}, 2);
  expect_refused({"bench", "--rate", "10", "--arrivals", "even"}, {"--arrivals even: unknown"}, 2);
  expect_refused({"bench", "--arrivals", "poisson"}, {"--arrivals: give a --rate"}, 2);
  expect_refused({"bench", "--rate", "10", "--max-p99", "nan"}, {"--max-p99: give more than 0"}, 2);
  expect_refused({"bench", "--rate", "5:1:1"}, {"--rate 5:1:1: a range has a first"}, 2);
  expect_refused({"bench", "--max-p99", "5"}, {"--max-p99: give more than 0, and a --rate"}, 2);
  expect_refused({"bench", "-nireq", "1:3", "--modes", "sync"}, {"--nireq: measures the queue"}, 2);
}

}  // namespace
}  // namespace inferqueue::cli
