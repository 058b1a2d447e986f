// `inferqueue detect` on videos: what it prints, saves and says.
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>

#include "cli/cli_fixture.hpp"
#include "support/videos.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::frames_in;
using testing::names_in;
using testing::Process;

class DetectVideo : public CliTest {
 protected:
  std::string video(const std::string& name = "film.mp4", std::size_t frames = 30,
                    const testing::VideoFormat& format = {}) const {
    fs::create_directories((temp / name).parent_path());
    testing::write_video(temp / name, frames, format);
    return name;
  }
  nlohmann::json images(const std::string& file = "out.json") const {
    return nlohmann::json::parse(content_of(temp / file)).at("images");
  }
  fs::path run(const std::string& name) const { return temp / "runs/detect/exp" / name; }

  std::string model_ = model();
};

TEST_F(DetectVideo, EveryFrameIsToldSavedAndReported) {
  const auto outcome = cli({"detect", "-m", model_, "-s", video(), "--json", "out.json", "--save-txt"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.err, "");
  for (std::size_t i = 1; i <= 30; ++i)
    EXPECT_NE(outcome.out.find(fmt::format("video 1/1 ({}/30) film.mp4: 192x64 1 red, 1 green, 1 blue, ", i)),
              std::string::npos)
        << i;
  EXPECT_NE(outcome.out.find("\nfilm.mp4: 30 frames in "), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find(" frames/s)\n30 frames, 90 objects, no failures in "), std::string::npos) << outcome.out;
  EXPECT_TRUE(outcome.out.ends_with(" frames/s)\nannotated videos: runs/detect/exp\n")) << outcome.out;

  const auto frames = images();
  ASSERT_EQ(frames.size(), 30U);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].at("source"), "film.mp4");
    EXPECT_EQ(frames[i].at("frame"), i + 1);
    EXPECT_NEAR(frames[i].at("time_s").get<double>(), static_cast<double>(i) / 25, 0.002);
    EXPECT_EQ(frames[i].at("detections").size(), 3U);
    EXPECT_EQ(testing::lines_in(content_of(run(fmt::format("labels/film_{}.txt", i + 1)))), 3U);
  }
}

TEST_F(DetectVideo, TheAnnotatedVideoPlaysAsFastAndShowsBoxes) {
  ASSERT_EQ(cli({"detect", "-m", model_, "-s", video("film.mp4", 40, {.fps = 12.5})}).status, 0);
  EXPECT_EQ(names_in(temp / "runs/detect/exp"), "film.mp4");
  cv::VideoCapture before((temp / "film.mp4").string(), cv::CAP_FFMPEG);
  cv::VideoCapture after(run("film.mp4").string(), cv::CAP_FFMPEG);
  EXPECT_NEAR(after.get(cv::CAP_PROP_FPS), 12.5, 0.01);
  cv::Mat plain;
  cv::Mat drawn;
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(before.read(plain) && after.read(drawn)) << i;
    ASSERT_EQ(drawn.size(), plain.size());
    EXPECT_GT(cv::norm(plain, drawn, cv::NORM_INF), 60) << "something is drawn in frame " << i;
  }
  EXPECT_FALSE(after.read(drawn));
}

TEST_F(DetectVideo, StrideAndBoundAreThoseOfUltralytics) {
  const auto outcome = cli({"detect", "-m", model_, "-s", video(), "--vid-stride", "5", "--max-frames", "4",
                            "--save-txt", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(names_in(temp / "runs/detect/exp"),
            "film.mp4 labels labels/film_10.txt labels/film_15.txt labels/film_20.txt labels/film_5.txt");
  EXPECT_EQ(frames_in(run("film.mp4")), 4U);
  cv::VideoCapture after(run("film.mp4").string(), cv::CAP_FFMPEG);
  EXPECT_NEAR(after.get(cv::CAP_PROP_FPS), 5, 0.01) << "it lasts as long";
  EXPECT_EQ(images().at(0).at("frame"), 5);
}

TEST_F(DetectVideo, WhatIsSavedIsWhatWasAskedFor) {
  video();
  picture("a.png");
  const Arguments both{"detect", "-m", model_, "-s", "film.mp4", "a.png", "--exist-ok"};
  const auto saved = [&](const Arguments& more) {
    fs::remove_all(temp / "runs");
    Arguments all = both;
    all.insert(all.end(), more.begin(), more.end());
    const auto outcome = cli(all);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("1 of 1 pictures, 30 frames, 93 objects, no failures in "), std::string::npos);
    return fs::exists(temp / "runs") ? names_in(temp / "runs/detect/exp") : "no folder";
  };
  EXPECT_EQ(saved({}), "a.png film.mp4");
  EXPECT_EQ(saved({"--nosave"}), "no folder");
  EXPECT_EQ(saved({"--nosave", "--save-video"}), "film.mp4");
  EXPECT_EQ(saved({"--save-video"}), "a.png film.mp4");
}

TEST_F(DetectVideo, NamesThatMeetAreToldApart) {
  video("in/film.mp4", 3);
  video("film.avi", 3, {.fourcc = "MJPG"});
  picture("film_2.png");
  picture("film.png");
  const auto outcome =
      cli({"detect", "-m", model_, "-s", "film_2.png", "in/film.mp4", "film.png", "film.avi", "--save-txt"});
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(names_in(temp / "runs/detect/exp"),
            "film-2.mp4 film-3.png film.mp4 film_2-2.png labels labels/film-2_1.txt labels/film-2_2.txt "
            "labels/film-2_3.txt labels/film-3.txt labels/film_1.txt labels/film_2-2.txt labels/film_2.txt "
            "labels/film_3.txt");
}

TEST_F(DetectVideo, ADamagedOneKeepsWhatIsDone) {
  video("damaged.avi", 100, {.fourcc = "MJPG"});
  testing::damage(temp / "damaged.avi", 0.4, 0.5);
  video("whole.mp4", 20);
  temp.file("none.mp4", "no video");
  const auto outcome =
      cli({"detect", "-m", model_, "-s", "damaged.avi", "none.mp4", "whole.mp4", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(testing::lines_in(outcome.err), 2U) << outcome.err;
  EXPECT_NE(outcome.err.find("inferqueue: damaged.avi: only "), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("inferqueue: none.mp4: is no video that can be opened, or is damaged or cut short ("),
            std::string::npos)
      << outcome.err;
  EXPECT_EQ(frames_in(run("whole.mp4")), 20U);
  EXPECT_EQ(frames_in(run("damaged.mp4")) + 20, images().size());
  EXPECT_GT(frames_in(run("damaged.mp4")), 60U);
  EXPECT_EQ(names_in(temp / "runs/detect/exp"), "damaged.mp4 whole.mp4");
}

TEST_F(DetectVideo, DamageThatTheDecoderConcealsIsTold) {
  // Frames of some kB each, of which a part is hit: those of the other tests would be lost altogether.
  const cv::Mat picture = cv::imread((project_root / "samples/party.jpg").string());
  const cv::Size size(480, 360);
  cv::VideoWriter writer((temp / "damaged.mp4").string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('m', 'p', '4', 'v'),
                         25, size);
  for (int i = 0; i < 100; ++i) writer.write(picture(cv::Rect({i, i}, size)));
  writer.release();
  testing::damage(temp / "damaged.mp4", 0.4, 0.401);
  const auto outcome = cli({"detect", "-m", model_, "-s", "damaged.mp4"});
  EXPECT_EQ(outcome.status, 0) << "as for a JPEG that is damaged in the middle";
  EXPECT_TRUE(outcome.err.starts_with("inferqueue: damaged.mp4: is damaged (")) << outcome.err;
  EXPECT_TRUE(outcome.err.ends_with("); what can be decoded is used\n")) << outcome.err;
  EXPECT_EQ(testing::lines_in(outcome.err), 1U) << outcome.err;
  EXPECT_EQ(frames_in(run("damaged.mp4")), 100U);
}

TEST_F(DetectVideo, CtrlCKeepsWhatIsDoneAndItPlays) {
  video("film.mp4", 2000);
  Process process(with_program({"detect", "-m", model_, "-s", "film.mp4", "--json", "out.json"}), temp.path(), 4096);
  ASSERT_TRUE(process.wait_for_output("video 1/1 (1/2000) "));
  process.send(SIGINT);
  process.wait_until_taken(SIGINT);
  const auto outcome = process.wait();
  EXPECT_EQ(outcome.status, 130);
  EXPECT_EQ(outcome.err, "");
  const std::size_t done = images().size();
  EXPECT_GE(done, 1U);
  EXPECT_LT(done, 2000U);
  EXPECT_EQ(frames_in(run("film.mp4")), done);
  EXPECT_NE(outcome.out.find(fmt::format("\ninterrupted: {} frames, ", done)), std::string::npos) << outcome.out;
}

TEST_F(DetectVideo, ADiskThatIsFullIsToldAndLeavesNoHalfVideo) {
  video("film.mp4", 200);
  const auto outcome = cli_within(60, {"detect", "-m", model_, "-s", "film.mp4"});  // 30 KB
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.err, "inferqueue: runs/detect/exp/film.mp4: can't be written whole: the disk may be full\n");
  EXPECT_EQ(names_in(temp / "runs/detect/exp"), "");
  EXPECT_NE(outcome.out.find("video 1/1 (200/200) "), std::string::npos) << "the rest goes on";
}

TEST_F(DetectVideo, BadOptionsAreRefused) {
  const Arguments base{"detect", "-m", model_, "-s", video()};
  const auto refused = [&](const Arguments& more, const std::string& text) {
    Arguments all = base;
    all.insert(all.end(), more.begin(), more.end());
    expect_refused(all, {text}, 2);
  };
  refused({"--vid-stride", "0"}, "--vid-stride 0: give 1 to 1000000000");
  refused({"--max-frames", "-1"}, "--max-frames -1: give 0 to 1000000000");
  refused({"--retries", "-1"}, "--retries -1: give 0 to 1000000000");
  for (const char* seconds : {"0", "-1", "nan", "1e9"}) refused({"--stream-timeout", seconds}, "--stream-timeout ");
}

TEST_F(DetectVideo, TheReportMustNotTakeTheVideosPlace) {
  expect_refused({"detect", "-m", model_, "-s", video(), "--json", "film.mp4"},
                 {"--json film.mp4: is one of the videos; give another file"});
  EXPECT_EQ(frames_in(temp / "film.mp4"), 30U);
}

}  // namespace
}  // namespace inferqueue::cli
