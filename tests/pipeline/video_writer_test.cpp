// Annotated videos: whole or not there.
#include "pipeline/video_writer.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <opencv2/videoio.hpp>

#include "support/temp_folder.hpp"
#include "support/user_error.hpp"
#include "support/videos.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::names_in;
using testing::numbered;
using testing::user_error_of;

class VideoWriterTest : public ::testing::Test {
 protected:
  testing::TempFolder temp;
};

TEST_F(VideoWriterTest, WhatIsWrittenCanBePlayed) {
  VideoWriter writer(temp / "a:b.mp4", numbered(0).size(), 12.5);
  for (std::size_t i = 1; i <= 40; ++i) writer.write(numbered(i));
  EXPECT_EQ(writer.frames(), 40U);
  writer.commit();
  EXPECT_EQ(names_in(temp.path()), "a:b.mp4");
  cv::VideoCapture capture((temp / "a:b.mp4").string(), cv::CAP_FFMPEG);
  EXPECT_NEAR(capture.get(cv::CAP_PROP_FPS), 12.5, 0.01);
  cv::Mat frame;
  for (std::size_t i = 1; i <= 40; ++i) {
    ASSERT_TRUE(capture.read(frame)) << i;
    EXPECT_EQ(testing::number_in(frame), i);
  }
  EXPECT_FALSE(capture.read(frame));
}

TEST_F(VideoWriterTest, UntilItIsCompleteItHasNoName) {
  temp.file("a.mp4", "old");
  {
    VideoWriter writer(temp / "a.mp4", numbered(0).size(), 25);
    writer.write(numbered(1));
    EXPECT_EQ(testing::content_of(temp / "a.mp4"), "old");
  }
  EXPECT_EQ(names_in(temp.path()), "a.mp4") << "what isn't committed is taken away";
  EXPECT_EQ(testing::content_of(temp / "a.mp4"), "old");
}

TEST_F(VideoWriterTest, FramesOfAnotherSizeAreFitted) {
  VideoWriter writer(temp / "a.mp4", numbered(0).size(), 25);
  writer.write(numbered(5));
  cv::Mat twice;
  cv::repeat(numbered(5), 2, 2, twice);
  writer.write(twice);
  writer.commit();
  EXPECT_EQ(testing::frames_in(temp / "a.mp4"), 2U);
}

TEST_F(VideoWriterTest, OddSizesAreWritten) {
  for (const cv::Size size : {cv::Size(63, 64), cv::Size(64, 63), cv::Size(3, 3)}) {
    VideoWriter writer(temp / "a.mp4", size, 25);
    writer.write(cv::Mat(size, CV_8UC3, cv::Scalar::all(99)));
    writer.commit();
    EXPECT_EQ(testing::frames_in(temp / "a.mp4"), 1U) << size.width << "x" << size.height;
  }
}

TEST_F(VideoWriterTest, WhatCanNotBeWrittenIsNamed) {
  const auto error_at = [&](const fs::path& path, cv::Size size) {
    return user_error_of([&] { const VideoWriter writer(path, size, 25); });
  };
  EXPECT_EQ(error_at(temp / "none/a.mp4", {64, 64}),
            (temp / "none/a.mp4").string() + ": can't be written: No such file or directory");
  EXPECT_EQ(error_at(temp / "a.mp4", {1, 64}), (temp / "a.mp4").string() +
                                                   ": can't be written as a video of 1x64 with 25 frames/s; --nosave "
                                                   "leaves it out");
  EXPECT_EQ(names_in(temp.path()), "");
}

}  // namespace
}  // namespace inferqueue::pipeline
