// Video files that OpenCV has written: every frame, in order, and what is said of damaged ones.
#include "pipeline/video_source.hpp"

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>

#include <gtest/gtest.h>

#include "pipeline/heard.hpp"
#include "support/temp_folder.hpp"
#include "support/videos.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::write_video;

class VideoSourceTest : public ::testing::Test {
 protected:
  static Heard read(const fs::path& path, const VideoOptions& options = {}) {
    VideoSource source(path.string(), VideoSource::Kind::file, options);
    return hear(source);
  }

  testing::TempFolder temp;
};

TEST_F(VideoSourceTest, EveryFrameInOrderWithItsNumberAndTime) {
  struct Case {
    const char* name;
    testing::VideoFormat format;
  };
  for (const Case& video : {Case{"a.mp4", {.fourcc = "mp4v", .fps = 25}}, Case{"b.avi", {.fourcc = "MJPG", .fps = 10}},
                            Case{"c d.mkv", {.fourcc = "MJPG", .fps = 50}}, Case{"e:f.mp4", {.fps = 30}}}) {
    SCOPED_TRACE(video.name);
    const fs::path path = write_video(temp / video.name, 60, video.format);
    const Heard heard = read(path);
    EXPECT_EQ(heard.end, "");
    EXPECT_TRUE(heard.notes.empty());
    EXPECT_EQ(heard.numbers, steps(1, 60));
    for (std::size_t i = 0; i < heard.frames.size(); ++i) {
      const FrameStamp& frame = heard.frames[i].frame;
      EXPECT_EQ(heard.frames[i].source, path);
      EXPECT_EQ(frame.number, i + 1);
      EXPECT_EQ(frame.of, 60U);
      EXPECT_FALSE(frame.live);
      EXPECT_NEAR(frame.fps, video.format.fps, 0.01);
      EXPECT_NEAR(std::chrono::duration<double>(frame.time).count(), static_cast<double>(i) / video.format.fps, 0.002);
    }
  }
}

TEST_F(VideoSourceTest, OfAStrideTheLastFrameIsTaken) {
  const fs::path path = write_video(temp / "a.mp4", 20);
  EXPECT_EQ(read(path, {.stride = 3}).numbers, steps(3, 18, 3));
  EXPECT_EQ(read(path, {.stride = 20}).numbers, steps(20, 20));
  EXPECT_EQ(read(path, {.stride = 21}).numbers, steps(1, 0));
  EXPECT_EQ(read(path, {.stride = 3}).frames.at(1).frame.number, 6U) << "its number in the video";
}

TEST_F(VideoSourceTest, NoMoreFramesThanWereAskedFor) {
  const fs::path path = write_video(temp / "a.mp4", 20);
  EXPECT_EQ(read(path, {.max_frames = 7}).numbers, steps(1, 7));
  EXPECT_EQ(read(path, {.stride = 2, .max_frames = 3}).numbers, steps(2, 6, 2));
  EXPECT_EQ(read(path, {.max_frames = 50}).numbers, steps(1, 20));
}

TEST_F(VideoSourceTest, MemoryOfPicturesIsUsedAgain) {
  const Heard heard = read(write_video(temp / "a.mp4", 200));
  ASSERT_EQ(heard.frames.size(), 200U);
  EXPECT_LE(heard.memory.size(), 4U) << "the reader's, two that wait, and the one that was taken";
}

TEST_F(VideoSourceTest, WhatIsNoVideoIsToldInOneLine) {
  const auto end_of = [&](const std::string& name) { return read(temp / name).end; };
  const auto error = [&](const std::string& name, const std::string& text) { return (temp / name).string() + text; };
  temp.file("empty.mp4");
  temp.file("text.mp4", "no video at all");
  temp.folder("folder.mp4");
  write_video(temp / "whole.mp4", 50);
  fs::copy_file(temp / "whole.mp4", temp / "cut.mp4");  // its index is at its end
  fs::resize_file(temp / "cut.mp4", fs::file_size(temp / "whole.mp4") / 2);
  EXPECT_EQ(end_of("missing.mp4"), error("missing.mp4", ": can't be read: No such file or directory"));
  EXPECT_EQ(end_of("empty.mp4"), error("empty.mp4", ": is empty"));
  EXPECT_EQ(end_of("folder.mp4"), error("folder.mp4", ": is a folder, a pipe or a device, no video"));
  const std::string no_video = ": is no video that can be opened, or is damaged or cut short";
  EXPECT_TRUE(end_of("text.mp4").starts_with(error("text.mp4", no_video)));  // and what FFmpeg says, if it is caught
  EXPECT_TRUE(end_of("cut.mp4").starts_with(error("cut.mp4", no_video)));
}

TEST_F(VideoSourceTest, AVideoThatIsCutShortGivesWhatItHas) {
  const fs::path path = write_video(temp / "cut.avi", 100, {.fourcc = "MJPG"});
  fs::resize_file(path, fs::file_size(path) / 2);
  const Heard heard = read(path);
  ASSERT_GT(heard.numbers.size(), 30U);
  ASSERT_LT(heard.numbers.size(), 60U);
  EXPECT_EQ(heard.numbers, steps(1, heard.numbers.size()));
  EXPECT_EQ(heard.end, path.string() + ": only " + std::to_string(heard.numbers.size()) +
                           " of 100 frames can be read: is damaged or cut short; what could be read is used");
}

TEST_F(VideoSourceTest, AVideoThatIsDamagedInTheMiddleGivesTheRest) {
  const fs::path path = write_video(temp / "damaged.avi", 100, {.fourcc = "MJPG"});
  testing::damage(path, 0.4, 0.5);
  const Heard heard = read(path);
  ASSERT_GT(heard.frames.size(), 60U);
  ASSERT_LT(heard.frames.size(), 100U);
  EXPECT_EQ(heard.numbers.front(), 1U);
  EXPECT_EQ(heard.numbers.back(), 100U);
  EXPECT_EQ(heard.end, path.string() + ": only " + std::to_string(heard.frames.size()) +
                           " of 100 frames can be read: is damaged or cut short; what could be read is used");
}

TEST_F(VideoSourceTest, AStopRequestEndsItWithoutAComplaint) {
  const fs::path path = write_video(temp / "a.mp4", 100);
  VideoSource source(path.string(), VideoSource::Kind::file, {});
  std::stop_source stop;
  const Heard heard = hear(source, stop.get_token(), [&](const PictureResult& result) {
    if (result.frame.number == 10) stop.request_stop();
  });
  EXPECT_EQ(heard.numbers, steps(1, 10));
  EXPECT_EQ(heard.end, "");
}

}  // namespace
}  // namespace inferqueue::pipeline
