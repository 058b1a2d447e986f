// Pictures that are damaged in the middle: the decoders' words become ours, with the name of the file.
#include "pipeline/decoder_messages.hpp"

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <unistd.h>

#include "pipeline/picture.hpp"
#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;

class DecoderMessagesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { catch_decoder_messages(); }

  /// A picture of noise, with bytes in the middle that are others.
  fs::path damaged(const std::string& name) const {
    cv::Mat noise(120, 160, CV_8UC3);
    cv::RNG random(7);
    random.fill(noise, cv::RNG::UNIFORM, 0, 256);
    std::string bytes = testing::content_of(testing::write(temp / name, noise));
    for (std::size_t i = 0; i < 50; ++i)
      bytes[bytes.size() / 2 + i] = static_cast<char>(bytes[bytes.size() / 2 + i] ^ 0x5A);
    return temp.file(name, bytes);
  }

  testing::TempFolder temp;
  PictureReader reader;
};

TEST_F(DecoderMessagesTest, AJpegDamagedInTheMiddleIsReadWithAWarningThatNamesIt) {
  const fs::path path = damaged("a.jpg");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(reader.read(path).size(), cv::Size(160, 120));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "nothing past the warning";
  EXPECT_TRUE(reader.warning().starts_with(path.string() + ": is damaged (Corrupt JPEG data: ")) << reader.warning();
  EXPECT_TRUE(reader.warning().ends_with("); what could be decoded is used")) << reader.warning();
  EXPECT_EQ(reader.warning().find('\n'), std::string::npos);
  reader.read(testing::write(temp / "good.jpg", testing::plain(9)));
  EXPECT_EQ(reader.warning(), "") << "of the picture before";
}

TEST_F(DecoderMessagesTest, APngDamagedInTheMiddleIsRefusedWithTheDecodersReason) {
  const fs::path path = damaged("a.png");
  ::testing::internal::CaptureStderr();
  const std::string error = testing::user_error_of([&] { reader.read(path); });
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(error.starts_with(path.string() + ": is no picture that can be decoded, or is damaged (libpng error: "))
      << error;
}

TEST_F(DecoderMessagesTest, OtherThreadsStillReachStandardError) {
  ::testing::internal::CaptureStderr();
  const DecoderMessages messages;
  std::fputs("of this thread\n", stderr);
  std::thread([] { std::fputs("of another\n", stderr); }).join();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "of another\n");
  EXPECT_EQ(messages.damage(), "of this thread");
}

TEST_F(DecoderMessagesTest, AStandardErrorThatCantBeWrittenIsAnErrorOfTheStream) {
  const int kept = ::dup(STDERR_FILENO);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  ::dup2(full, STDERR_FILENO);
  const std::size_t written = std::fwrite("lost\n", 1, 5, stderr);
  const bool failed = std::ferror(stderr) != 0;
  std::clearerr(stderr);
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(full);
  EXPECT_EQ(written, 0U);
  EXPECT_TRUE(failed);
}

TEST_F(DecoderMessagesTest, WarningsOfLibpngAreNoDamage) {
  const DecoderMessages messages;
  std::fputs("libpng warning: iCCP: known incorrect sRGB profile\n", stderr);
  EXPECT_EQ(messages.damage(), "");
  std::fputs("\nlibpng error: IDAT: CRC error\nmore\n", stderr);
  EXPECT_EQ(messages.damage(), "libpng error: IDAT: CRC error");
}

TEST_F(DecoderMessagesTest, WhatFFmpegSaysInThreadsOfItsOwnIsCountedAndNotPrinted) {
  const DecoderComplaints before = decoder_complaints();
  const fs::path printed = temp / "stderr";
  const int kept = ::dup(STDERR_FILENO);
  const int file = ::open(printed.c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(file, STDERR_FILENO);
  std::thread([] {
    std::fputs("[mpeg4 @ 0x55c8a40] ", stderr);  // in pieces, as it does
    std::fputs("ac-tex damaged at 12 3\n", stderr);
    std::fputs("\033[0;35m[h264 @ 0x55c8a40] \033[0m\033[1;31merror while decoding\033[0m\n", stderr);
    std::fputs("somebody else's\n", stderr);
  }).join();
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(file);
  EXPECT_EQ(testing::content_of(printed), "somebody else's\n");
  const DecoderComplaints after = decoder_complaints();
  EXPECT_EQ(after.count, before.count + 2);
  EXPECT_EQ(after.latest, "error while decoding");
}

}  // namespace
}  // namespace inferqueue::pipeline
