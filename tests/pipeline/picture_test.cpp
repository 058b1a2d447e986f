// Reading what is a picture, and refusing what isn't, by name.
#include "pipeline/picture.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::content_of;
using testing::TempFolder;
using testing::user_error_of;
using testing::write;

/// Noise: nothing of it compresses away.
cv::Mat noise(int width, int height, int type = CV_8UC3) {
  cv::Mat picture(height, width, type);
  cv::RNG random(7);
  random.fill(picture, cv::RNG::UNIFORM, 0, picture.depth() == CV_16U ? 65536 : 256);
  return picture;
}

std::string reading_error(const fs::path& path) {
  return user_error_of([&] { PictureReader().read(path); });
}

void expect_equal(const cv::Mat& a, const cv::Mat& b, double tolerance = 0) {
  ASSERT_EQ(a.size(), b.size());
  ASSERT_EQ(a.type(), b.type());
  EXPECT_LE(cv::norm(a, b, cv::NORM_INF), tolerance);
}

class PictureTest : public ::testing::Test {
 protected:
  /// Reads it, 8-bit BGR.
  cv::Mat read(const cv::Mat& picture, const std::string& name = "a.png") {
    const cv::Mat decoded = reader.read(write(temp / name, picture));
    EXPECT_EQ(decoded.type(), CV_8UC3);
    return decoded;
  }

  TempFolder temp;
  PictureReader reader;
};

TEST_F(PictureTest, LosslessFormatsComeBackAsTheyWere) {
  const cv::Mat picture = noise(37, 23);
  for (const char* name : {"a.png", "a.bmp", "a.tif", "a.ppm", "ä ö.PNG"}) {
    SCOPED_TRACE(name);
    expect_equal(read(picture, name), picture);
  }
}

TEST_F(PictureTest, LossyFormatsComeBackNearly) {
  const cv::Mat picture = testing::plain(200, 40, 30);
  for (const char* name : {"a.jpg", "a.webp"}) {
    SCOPED_TRACE(name);
    expect_equal(read(picture, name), picture, 6);
  }
}

TEST_F(PictureTest, TheContentCountsAndNotTheName) {
  const cv::Mat picture = noise(8, 8);
  fs::rename(write(temp / "a.png", picture), temp / "a.jpg");
  expect_equal(reader.read(temp / "a.jpg"), picture);
}

TEST_F(PictureTest, OnePixelIsAPicture) {
  for (const char* name : {"a.png", "a.jpg", "a.bmp"}) EXPECT_EQ(read(noise(1, 1), name).size(), cv::Size(1, 1));
  EXPECT_EQ(read(noise(5000, 1)).size(), cv::Size(5000, 1));
}

TEST_F(PictureTest, GreySixteenBitsAndAlphaBecomeEightBitColour) {
  const cv::Mat grey = read(noise(9, 7, CV_8UC1));
  std::vector<cv::Mat> planes;
  cv::split(grey, planes);
  expect_equal(planes[0], planes[2]);
  const cv::Mat deep(3, 4, CV_16UC3, cv::Scalar(0x1234, 0x8000, 0xFFFF));
  expect_equal(read(deep), cv::Mat(3, 4, CV_8UC3, cv::Scalar(0x12, 0x80, 0xFF)), 1);
  const cv::Mat clear(3, 4, CV_8UC4, cv::Scalar(10, 20, 30, 0));
  expect_equal(read(clear), cv::Mat(3, 4, CV_8UC3, cv::Scalar(10, 20, 30)));
  EXPECT_EQ(read(noise(5, 4, CV_16UC1)).size(), cv::Size(5, 4));
}

TEST_F(PictureTest, TheReaderForgetsThePictureBefore) {
  const cv::Mat large = noise(300, 200);
  const cv::Mat first = read(large, "large.png");
  expect_equal(read(testing::plain(5), "small.png"), testing::plain(5));
  expect_equal(first, large);  // a picture doesn't live in the reader's buffer
  EXPECT_EQ(reading_error(temp.file("empty.png")), (temp / "empty.png").string() + ": is empty");
}

/// Cut at any length, a picture is refused in one line that names it, and never filled up with grey.
class CutShort : public ::testing::TestWithParam<const char*> {};

TEST_P(CutShort, IsRefusedAtAnyLength) {
  const TempFolder temp;
  const std::string whole = content_of(write(temp / (std::string("whole") + GetParam()), noise(64, 48)));
  ASSERT_GT(whole.size(), 1000U);
  for (const std::size_t length :
       {std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{10}, std::size_t{30}, std::size_t{100},
        whole.size() / 4, whole.size() / 2, whole.size() * 9 / 10, whole.size() - 100}) {
    const fs::path path = temp.file(std::string("cut") + GetParam(), std::string_view(whole).substr(0, length));
    const std::string error = reading_error(path);
    EXPECT_TRUE(error.starts_with(path.string() + ": ")) << length << ": " << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, CutShort, ::testing::Values(".jpg", ".png", ".bmp", ".tif", ".webp", ".ppm", ".jp2"),
                         [](const auto& instance) { return std::string(instance.param + 1); });

TEST_F(PictureTest, AJpegOrPngThatLacksItsEndIsToldSo) {
  for (const char* name : {"a.jpg", "a.png"}) {
    const std::string whole = content_of(write(temp / name, noise(64, 48)));
    // Without the last marker or chunk alone the decoders say nothing at all.
    const std::size_t tail = name[2] == 'j' ? 2 : 12;
    const fs::path path = temp.file(name, std::string_view(whole).substr(0, whole.size() - tail));
    EXPECT_EQ(reading_error(path), path.string() + ": is cut short; copy it again");
  }
}

/// A JPEG with a segment put in behind its first marker.
std::string with_segment(const std::string& jpeg, char code, const std::string& content) {
  const std::size_t length = content.size() + 2;
  return jpeg.substr(0, 2) + '\xFF' + code + static_cast<char>(length >> 8U) + static_cast<char>(length & 0xFFU) +
         content + jpeg.substr(2);
}

TEST_F(PictureTest, TheEndOfAThumbnailIsNotTheEndOfTheJpeg) {
  const std::string thumbnail = content_of(write(temp / "small.jpg", noise(16, 16)));
  const std::string whole = with_segment(content_of(write(temp / "a.jpg", noise(64, 48))), '\xE1', thumbnail);
  EXPECT_EQ(reading_error(temp.file("whole.jpg", whole)), "no error");
  const fs::path cut = temp.file("cut.jpg", whole.substr(0, whole.size() / 2));
  EXPECT_EQ(reading_error(cut), cut.string() + ": is cut short; copy it again");
}

TEST_F(PictureTest, JpegsAreDecodedValueForValueAsOpenCvDoes) {
  cv::Mat smooth;
  cv::GaussianBlur(noise(131, 97), smooth, {9, 9}, 3);
  for (const cv::Mat& picture : {noise(131, 97), smooth, noise(131, 97, CV_8UC1)}) {
    for (const int progressive : {0, 1}) {
      const fs::path path = temp / "a.jpg";
      ASSERT_TRUE(cv::imwrite(path.string(), picture, {cv::IMWRITE_JPEG_PROGRESSIVE, progressive}));
      expect_equal(reader.read(path), cv::imread(path.string()));
    }
  }
}

/// EXIF data with this one entry, in either byte order.
std::string exif(int orientation, bool little) {
  using namespace std::string_literals;
  const char code = static_cast<char>(orientation);
  return "Exif\0\0"s + (little ? "II*\0\x08\0\0\0\1\0\x12\x01\3\0\1\0\0\0"s + code + "\0\0\0\0\0\0\0"s
                               : "MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1\0"s + code + "\0\0\0\0\0\0"s);
}

TEST_F(PictureTest, JpegsAreTurnedAsTheirExifSays) {
  const std::string plain = content_of(write(temp / "plain.jpg", noise(48, 32)));
  for (int orientation = 0; orientation <= 9; ++orientation) {
    for (const bool little : {true, false}) {
      SCOPED_TRACE(orientation);
      const fs::path path = temp.file("a.jpg", with_segment(plain, '\xE1', exif(orientation, little)));
      const cv::Mat picture = reader.read(path);
      const bool on_its_side = orientation >= 5 && orientation <= 8;
      EXPECT_EQ(picture.size(), on_its_side ? cv::Size(32, 48) : cv::Size(48, 32));
      EXPECT_EQ(reader.size(), (vision::Size{picture.cols, picture.rows}));
      expect_equal(picture, cv::imread(path.string()));
    }
  }
}

TEST_F(PictureTest, ExifThatIsCutOrLiesTurnsNothing) {
  const std::string plain = content_of(write(temp / "plain.jpg", noise(48, 32)));
  const std::string whole = exif(6, true);
  for (std::size_t length = 0; length < 6 + 8 + 2 + 8 + 2; ++length) {  // up to the value
    const fs::path path = temp.file("a.jpg", with_segment(plain, '\xE1', whole.substr(0, length)));
    EXPECT_EQ(reader.read(path).size(), cv::Size(48, 32)) << length;
  }
  std::string far_away = whole;
  far_away.replace(10, 4, "\xFF\xFF\xFF\xFF");
  EXPECT_EQ(reader.read(temp.file("a.jpg", with_segment(plain, '\xE1', far_away))).size(), cv::Size(48, 32));
}

TEST_F(PictureTest, ReducesJpegsToNoLessThanALetterboxTakes) {
  reader.reduce_for({416, 416});
  const auto decoded = [&](int width, int height) {
    const cv::Mat picture = reader.read(write(temp / "a.jpg", noise(width, height)));
    EXPECT_EQ(reader.size(), (vision::Size{width, height}));
    return picture.size();
  };
  EXPECT_EQ(decoded(416, 300), cv::Size(416, 300));
  EXPECT_EQ(decoded(831, 600), cv::Size(831, 600));
  EXPECT_EQ(decoded(832, 600), cv::Size(416, 300));
  EXPECT_EQ(decoded(601, 833), cv::Size(301, 417)) << "rounded up";
  EXPECT_EQ(decoded(1664, 100), cv::Size(416, 25));
  EXPECT_EQ(decoded(5000, 400), cv::Size(625, 50)) << "an eighth is the least there is";
  expect_equal(reader.read(write(temp / "a.png", noise(900, 20))), noise(900, 20));
}

TEST_F(PictureTest, AReducedPictureLooksLikeTheWhole) {
  cv::Mat whole;
  cv::GaussianBlur(noise(1000, 700), whole, {31, 31}, 9);
  const fs::path path = write(temp / "a.jpg", whole);
  cv::Mat halved;
  cv::resize(reader.read(path), halved, {}, 0.5, 0.5, cv::INTER_AREA);
  reader.reduce_for({416, 416});
  expect_equal(reader.read(path), halved, 6);
}

TEST_F(PictureTest, UsesTheMemoryThatItIsGiven) {
  const fs::path path = write(temp / "a.jpg", noise(40, 30));
  cv::Mat picture = reader.read(path);
  const unsigned char* const memory = picture.data;
  picture = reader.read(path, std::move(picture));
  EXPECT_EQ(picture.data, memory);
  EXPECT_EQ(reader.read(write(temp / "b.jpg", noise(50, 30)), std::move(picture)).size(), cv::Size(50, 30));
}

TEST_F(PictureTest, WhatFollowsTheEndOfAJpegDoesNotMatter) {
  using namespace std::string_view_literals;
  const std::string jpeg = content_of(write(temp / "a.jpg", noise(64, 48)));
  // Phones put films and whole other pictures there, cut ones too.
  for (const auto tail : {"\xFF\xDA and more"sv, "\xFF"sv, "\0\0\0\x18"sv, "\xFF\xD8\xFF\xE0\x7F\xFF"sv}) {
    EXPECT_EQ(reading_error(temp.file("tail.jpg", jpeg + std::string(tail))), "no error");
  }
}

TEST_F(PictureTest, ProgressiveJpegsHaveSeveralScans) {
  const fs::path path = temp / "progressive.jpg";
  ASSERT_TRUE(cv::imwrite(path.string(), noise(64, 48), {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  EXPECT_EQ(reading_error(path), "no error");
  EXPECT_EQ(reading_error(temp.file("tail.jpg", content_of(path) + "tail")), "no error");
  const std::string whole = content_of(path);
  EXPECT_NE(reading_error(temp.file("cut.jpg", whole.substr(0, whole.size() * 3 / 4))), "no error");
}

TEST_F(PictureTest, WhatIsNoPictureIsRefused) {
  using namespace std::string_view_literals;
  const std::array<std::string_view, 7> contents{"\xFF\xD8\xFF"sv,    "\x89PNG\r\n\x1a\nIEND"sv, "BM"sv,
                                                 "some text\n"sv,     "P6\n9 9\n255\n"sv,        "GIF89a\0\0\0\0"sv,
                                                 "\0\0\0\0\0\0\0\0"sv};
  for (const auto content : contents) {
    const fs::path path = temp.file("a.jpg", content);
    const std::string error = reading_error(path);
    EXPECT_TRUE(error.starts_with(path.string() + ": ")) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
  EXPECT_EQ(reading_error(temp.file("a.jpg", "text, not a picture")),
            (temp / "a.jpg").string() + ": is no picture that can be decoded, or is damaged");
}

TEST_F(PictureTest, MissingFilesAndFoldersAreNamed) {
  EXPECT_EQ(reading_error(temp / "none.jpg"),
            (temp / "none.jpg").string() + ": can't be read: No such file or directory");
  EXPECT_EQ(reading_error(temp.folder("folder.jpg")), (temp / "folder.jpg").string() + ": is a folder");
}

TEST_F(PictureTest, APictureThatClaimsToBeHugeIsRefusedAndNotAllocated) {
  const fs::path path = temp.file("a.ppm", "P6\n100000 100000\n255\n");
  EXPECT_TRUE(reading_error(path).starts_with(path.string() + ": ")) << reading_error(path);
}

TEST_F(PictureTest, WritesEveryFormatThatItSaysItCan) {
  const cv::Mat picture = testing::plain(100, 20, 10);
  for (const std::string extension :
       {".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".ppm"}) {
    EXPECT_TRUE(can_write_extension(extension));
    const fs::path path = temp / ("out" + extension);
    write_picture(path, picture);
    EXPECT_EQ(cv::imread(path.string()).size(), picture.size()) << extension;
  }
  write_picture(temp / "OUT.PNG", picture);
  expect_equal(reader.read(temp / "OUT.PNG"), picture);
  for (const std::string extension : {"", ".", ".gif", ".jp2", ".PNG", ".txt"})
    EXPECT_FALSE(can_write_extension(extension)) << extension;
}

TEST_F(PictureTest, WhatCanNotBeWrittenIsNamed) {
  const cv::Mat picture = testing::plain(1);
  for (const char* name : {"a.xyz", "a", "none/a.png"}) {
    const std::string error = user_error_of([&] { write_picture(temp / name, picture); });
    EXPECT_TRUE(error.starts_with((temp / name).string() + ": can't be ")) << error;
  }
  const std::string error = user_error_of([&] { write_picture(temp / "wide.jpg", testing::plain(1, 70000, 1)); });
  EXPECT_TRUE(error.starts_with((temp / "wide.jpg").string() + ": can't be encoded")) << error;
  EXPECT_EQ(testing::names_in(temp.path()), "");
}

}  // namespace
}  // namespace inferqueue::pipeline
