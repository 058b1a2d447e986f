// `inferqueue detect` on live sources: a camera on the loopback interface.
#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/videoio.hpp>

#include "cli/cli_fixture.hpp"
#include "support/eventually.hpp"
#include "support/loopback_camera.hpp"
#include "support/videos.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::frames_in;
using testing::LoopbackCamera;
using testing::names_in;
using testing::Process;

class DetectStream : public CliTest {
 protected:
  /// The only video in the run's folder.
  fs::path saved_video() const {
    const std::string names = names_in(temp / "runs/detect/exp");
    EXPECT_TRUE(names.starts_with("127.0.0.1_") && names.ends_with("_video.mp4")) << names;
    return temp / "runs/detect/exp" / names;
  }
  nlohmann::json images() const { return nlohmann::json::parse(content_of(temp / "out.json")).at("images"); }

  std::string model_ = model();
};

TEST_F(DetectStream, FrameRateAndLagAreTold) {
  const LoopbackCamera camera({.fps = 60});
  const auto outcome =
      cli({"detect", "-m", model_, "-s", camera.address(), "--max-frames", "30", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find(" ms, lag "), std::string::npos);
  EXPECT_NE(outcome.out.find(fmt::format("\n{}: 30 frames in ", camera.address())), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find(" left out, lag "), std::string::npos);
  EXPECT_FALSE(fs::exists(temp / "runs")) << "a source without an end isn't saved unasked";
  const auto frames = images();
  ASSERT_EQ(frames.size(), 30U);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_NE(outcome.out.find(fmt::format("stream 1/1 ({}) {}: 192x64 1 red, 1 green, 1 blue, ",
                                           frames[i].at("frame").get<int>(), camera.address())),
              std::string::npos)
        << outcome.out;
    EXPECT_GE(frames[i].at("lag_ms").get<double>(), 0);
    EXPECT_GT(frames[i].at("frame").get<int>(), i == 0 ? 0 : frames[i - 1].at("frame").get<int>());
    EXPECT_GE(frames[i].at("time_s").get<double>(), i == 0 ? 0 : frames[i - 1].at("time_s").get<double>());
  }
}

TEST_F(DetectStream, CtrlCKeepsTheVideoAndItPlaysAsLongAsItLasted) {
  const LoopbackCamera camera({.fps = 60});
  Process process(with_program({"detect", "-m", model_, "-s", camera.address(), "--save-video", "--json", "out.json"}),
                  temp.path(), 1 << 20);
  ASSERT_TRUE(process.wait_for_output("stream 1/1 (5")) << "5, or one of the fifties: some are left out";
  process.send(SIGINT);
  const auto outcome = process.wait();
  EXPECT_EQ(outcome.status, 130);
  EXPECT_EQ(outcome.err, "");
  const auto frames = images();
  cv::VideoCapture video(saved_video().string(), cv::CAP_FFMPEG);
  ASSERT_TRUE(video.isOpened());
  const double length = static_cast<double>(frames_in(saved_video())) / video.get(cv::CAP_PROP_FPS);
  EXPECT_NEAR(length, frames.back().at("time_s").get<double>(), 0.1);
}

TEST_F(DetectStream, CtrlCIsHeardWhileOpenCVStandsStill) {
  const LoopbackCamera silent({.is_silent = true});
  const LoopbackCamera stuck({.shows_nothing = true});
  const LoopbackCamera stalled({.fps = 500, .frames = 60, .stalls = true});
  testing::write_video(temp / "film.mp4", 20);
  const auto begun = std::chrono::steady_clock::now();
  Process process(with_program({"detect", "-m", model_, "-s", silent.address(), stalled.address(), "film.mp4",
                                "--stream-timeout", "600", "--save-video"}),
                  temp.path());
  ASSERT_TRUE(process.wait_for_output("film.mp4: 20 frames in ")) << "the others don't hold it up";
  ASSERT_TRUE(process.wait_for_output("stream 2/2 (60) "));
  process.send(SIGINT);
  const auto outcome = process.wait();
  EXPECT_EQ(outcome.status, 130);
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(frames_in(temp / "runs/detect/exp/film.mp4"), 20U);

  Process alone(with_program({"detect", "-m", model_, "-s", stuck.address(), "--stream-timeout", "600"}), temp.path());
  ASSERT_TRUE(testing::eventually([&] { return stuck.viewers() == 1; }));
  alone.send(SIGINT);
  EXPECT_EQ(alone.wait().status, 130);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::minutes(1));
}

TEST_F(DetectStream, AnAddressThatNeverAnswersIsAnError) {
  std::string address;
  {
    const LoopbackCamera gone({.is_silent = true});
    address = gone.address();
  }
  const auto outcome = cli({"detect", "-m", model_, "-s", "http://me:secret@" + address.substr(7), "--retries", "1"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err,
            fmt::format("inferqueue: {0}: can't be opened; trying again in 1 s (1 of 1)\n"
                        "inferqueue: {0}: can't be opened, also when tried again (1 in a row); check the address\n",
                        address));
}

TEST_F(DetectStream, OneThatDropsIsTriedAgainAndGoesOn) {
  const LoopbackCamera camera({.fps = 500, .frames = 30});
  const auto outcome = cli({"detect", "-m", model_, "-s", camera.address(), "--max-frames", "31", "--save-video"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_TRUE(outcome.err.starts_with(fmt::format(
      "inferqueue: {0}: has ended, or the connection is lost; trying again in 1 s (1 of 5)\ninferqueue: {0}: is back\n",
      camera.address())))
      << outcome.err;
  EXPECT_NE(outcome.out.find("\n31 frames, 93 objects, no failures in "), std::string::npos) << outcome.out;
  EXPECT_GT(frames_in(saved_video()), 20U);
}

}  // namespace
}  // namespace inferqueue::cli
