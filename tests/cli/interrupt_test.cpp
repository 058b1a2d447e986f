// Ctrl-C in the middle of a run. The test doesn't read on after the first lines, so that the command stands still when
// the pipe is full, and the signal comes in the middle whatever the machine's speed.
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using testing::Process;

class Interrupted : public CliTest {
 protected:
  static constexpr std::size_t count = 400;
  static constexpr int pipe_size = 4096;  // room for some 60 lines

  Interrupted() { testing::write_many(temp / "in", count); }

  Arguments detect() const {
    return with_program({"detect", "-m", model_, "-s", "in", "--nireq", "2", "--json", "out.json"});
  }
  /// The pictures that were written; expects them to be whole.
  std::size_t whole_pictures() const {
    std::size_t pictures = 0;
    for (const auto& entry : fs::directory_iterator(temp / "runs/detect/exp")) {
      if (entry.path().extension() != ".png") continue;
      EXPECT_EQ(cv::imread(entry.path().string()).size(), cv::Size(64, 64)) << entry.path();
      ++pictures;
    }
    return pictures;
  }

  std::string model_ = model();
};

TEST_F(Interrupted, TheFirstCtrlCKeepsWhatIsDone) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    SCOPED_TRACE(signal);
    fs::remove_all(temp / "runs");
    Process process(detect(), temp.path(), pipe_size);
    ASSERT_TRUE(process.wait_for_output("image 1/400 "));
    process.send(signal);
    process.wait_until_taken(signal);
    const auto outcome = process.wait();
    EXPECT_EQ(outcome.status, 130);
    EXPECT_EQ(outcome.err, "");
    EXPECT_NE(outcome.out.find("\ninterrupted: "), std::string::npos);
    EXPECT_TRUE(outcome.out.ends_with("annotated pictures: runs/detect/exp\n"));
    const auto images = nlohmann::json::parse(testing::content_of(temp / "out.json")).at("images");
    EXPECT_GE(images.size(), 1U);
    EXPECT_LT(images.size(), count);
    EXPECT_EQ(whole_pictures(), images.size());
    EXPECT_EQ(testing::lines_in(outcome.out), images.size() + 2);
    for (std::size_t i = 0; i < images.size(); ++i) EXPECT_EQ(images[i].at("detections").size(), 3U);
  }
}

TEST_F(Interrupted, TheSecondCtrlCEndsItAtOnce) {
  // A path so long that the pipe holds one line and no second.
  fs::path deep = "deep";
  for (int i = 0; i < 10; ++i) deep /= std::string(220, 'x');
  fs::create_directories(temp.path() / deep);
  fs::rename(temp / "in", temp.path() / deep / "in");
  Process process(with_program({"detect", "-m", model_, "-s", (deep / "in").string(), "--json", "out.json"}),
                  temp.path(), pipe_size);
  ASSERT_TRUE(process.wait_for_output("image 1/400 "));
  // One more line is in the pipe. A picture is written before its line, so this one's line is the one that waits.
  const std::size_t waiting = testing::lines_in(process.output()) + 1;
  const fs::path written = temp / fmt::format("runs/detect/exp/{:04}.png", waiting);
  while (!fs::exists(written)) std::this_thread::yield();
  process.send(SIGINT);
  process.wait_until_taken(SIGINT);  // else the two would be one
  process.send(SIGINT);
  EXPECT_EQ(process.wait_without_reading(), 130) << "it stands still, so that it can't have ended of itself";
  EXPECT_EQ(process.wait().out.find("annotated pictures"), std::string::npos);
  EXPECT_FALSE(fs::exists(temp / "out.json"));
  EXPECT_GE(whole_pictures(), waiting);
}

TEST_F(Interrupted, WhatItWasStartedToIgnoreStaysIgnored) {
  for (const int signal : {SIGINT, SIGHUP}) {
    SCOPED_TRACE(signal);
    fs::remove_all(temp / "runs");
    Arguments arguments{"/bin/sh", "-c", fmt::format("trap '' {} && exec \"$@\"", signal), "sh"};
    for (const std::string& argument : detect()) arguments.push_back(argument);
    Process process(arguments, temp.path(), pipe_size);
    ASSERT_TRUE(process.wait_for_output("image 1/400 "));
    process.send(signal);
    process.send(signal);
    const auto outcome = process.wait();
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_NE(outcome.out.find("\n400 of 400 pictures"), std::string::npos);
    EXPECT_EQ(whole_pictures(), count);
  }
}

TEST_F(Interrupted, BenchShowsWhatWasMeasured) {
  // It prints nothing before its end, so the signal may come before the first round: both are right.
  Process process(with_program({"bench", "-m", model_, "-s", "in/0000.png", "--rounds", "100000", "--seconds", "0.01",
                                "--json", "bench.json", "--nireq", "2"}),
                  temp.path());
  process.send(SIGINT);
  const auto outcome = process.wait();
  EXPECT_EQ(outcome.status, 130);
  EXPECT_TRUE(outcome.err.empty() || outcome.err == "inferqueue: interrupted before anything was measured\n")
      << outcome.err;
}

}  // namespace
}  // namespace inferqueue::cli
