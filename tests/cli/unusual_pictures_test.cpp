// Pictures of unusual sizes, depths and kinds: the boxes that the plain one has, the right size, a copy that can be
// read.
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "cli/cli_fixture.hpp"

namespace inferqueue::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::content_of;

class UnusualPictures : public CliTest {
 protected:
  UnusualPictures() { temp.folder("in"); }

  /// Detects in one picture of the folder. Expects that it is reported with this size and that its annotated copy has
  /// it too. Returns its detections.
  Json detect(const std::string& name, cv::Size size) {
    SCOPED_TRACE(name);
    const auto outcome =
        cli({"detect", "-m", model_, "-s", "in/" + name, "--json", "out.json", "--exist-ok", "--precision", "f32"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    const Json image = Json::parse(content_of(temp / "out.json")).at("images").at(0);
    EXPECT_EQ(image.at("width"), size.width);
    EXPECT_EQ(image.at("height"), size.height);
    const cv::Mat annotated = cv::imread((temp / "runs/detect/exp" / name).string(), cv::IMREAD_UNCHANGED);
    EXPECT_EQ(annotated.size(), size);
    EXPECT_EQ(annotated.type(), CV_8UC3);
    return image.at("detections");
  }

  void write(const std::string& name, const cv::Mat& picture) const { testing::write(temp / "in" / name, picture); }

  std::string model_ = model();
};

/// The width of the best box in a picture of 64 by 64 whose red is this: 16 to 48.
double width_for(int red) {
  return 16 + 32 * red / 255.0;
}

double width_of(const Json& detections) {
  const Json& box = detections.at(0).at("box");
  return box.at(2).get<double>() - box.at(0).get<double>();
}

TEST_F(UnusualPictures, DepthsAndChannels) {
  const int grey = 170;
  write("plain.png", cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(grey)));
  write("grey 8.png", cv::Mat(64, 64, CV_8UC1, cv::Scalar(grey)));
  write("grey 16.png", cv::Mat(64, 64, CV_16UC1, cv::Scalar(grey * 257)));
  write("colour 16.png", cv::Mat(64, 64, CV_16UC3, cv::Scalar::all(grey * 257)));
  write("alpha 8.png", cv::Mat(64, 64, CV_8UC4, cv::Scalar(grey, grey, grey, 40)));
  write("alpha 16.png", cv::Mat(64, 64, CV_16UC4, cv::Scalar(grey * 257, grey * 257, grey * 257, 0)));
  write("grey 8.jpg", cv::Mat(64, 64, CV_8UC1, cv::Scalar(grey)));
  write("grey 16.tif", cv::Mat(64, 64, CV_16UC1, cv::Scalar(grey * 257)));
  const Json wanted = detect("plain.png", {64, 64});
  ASSERT_EQ(wanted.size(), 3U);
  EXPECT_NEAR(width_of(wanted), width_for(grey), 0.02);
  for (const char* name :
       {"grey 8.png", "grey 16.png", "colour 16.png", "alpha 8.png", "alpha 16.png", "grey 8.jpg", "grey 16.tif"})
    EXPECT_EQ(detect(name, {64, 64}), wanted) << name;
}

/// A PNG of one bit a pixel with a palette (RFC 2083), its data stored and not compressed.
std::string palette_png(unsigned side, std::array<unsigned char, 3> rgb) {
  const auto big_endian = [](std::uint32_t value) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(value >> shift & 0xFFU);
    return bytes;
  };
  const auto chunk = [&](const std::string& kind, const std::string& data) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (const char c : kind + data) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ (crc & 1U ? 0xEDB88320U : 0U);
    }
    return big_endian(static_cast<std::uint32_t>(data.size())) + kind + data + big_endian(~crc);
  };
  std::string rows;
  for (unsigned y = 0; y < side; ++y) rows += '\0' + std::string(side / 8, '\xFF');  // all of colour 1
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const char c : rows) {
    a = (a + static_cast<unsigned char>(c)) % 65521;
    b = (b + a) % 65521;
  }
  const auto low_high = [](std::size_t value) {
    return std::string{static_cast<char>(value & 0xFFU), static_cast<char>(value >> 8U & 0xFFU)};
  };
  const std::string stored = "\x78\x01\x01" + low_high(rows.size()) + low_high(~rows.size()) + rows;
  using namespace std::string_literals;
  return "\x89PNG\r\n\x1a\n"s + chunk("IHDR", big_endian(side) + big_endian(side) + "\x01\x03\0\0\0"s) +
         chunk("PLTE", "\0\0\0"s + std::string(rgb.begin(), rgb.end())) +
         chunk("IDAT", stored + big_endian(b << 16U | a)) + chunk("IEND", "");
}

TEST_F(UnusualPictures, APalette) {
  temp.file("in/palette.png", palette_png(64, {200, 20, 10}));
  const Json found = detect("palette.png", {64, 64});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_NEAR(width_of(found), width_for(200), 0.02);
}

/// A baseline JPEG (ISO/IEC 10918-1) of 64 by 64 of one colour: four components, as CMYK has, inverted as Adobe's
/// programs write them. Each block is its mean and nothing else.
std::string cmyk_jpeg(std::array<int, 4> inverted_cmyk) {
  using namespace std::string_literals;
  const auto segment = [](char code, const std::string& data) {
    const std::size_t length = data.size() + 2;
    return std::string{'\xFF', code, static_cast<char>(length >> 8U), static_cast<char>(length & 0xFFU)} + data;
  };
  std::string frame = "\x08\0\x40\0\x40\x04"s;
  std::string scan = "\x04"s;
  for (char id = 1; id <= 4; ++id) {
    frame += std::string{id, '\x11', '\0'};
    scan += std::string{id, '\0'};
  }
  // A code of four bits for each length that a mean's difference may have; one of one bit for "no more".
  const std::string mean_codes = "\0\0\0\x0C"s + std::string(12, '\0') + "\0\1\2\3\4\5\6\7\x08\x09\x0A\x0B"s;
  const std::string end_of_block = "\1"s + std::string(15, '\0') + "\0"s;
  std::string bits;
  for (int block = 0; block < 64; ++block)
    for (const int value : inverted_cmyk) {
      const int mean = block == 0 ? (value - 128) * 8 : 0;  // of the first block; the others differ by nothing
      int size = 0;
      for (int rest = mean < 0 ? -mean : mean; rest != 0; rest /= 2) ++size;
      for (int bit = 3; bit >= 0; --bit) bits += (size >> bit & 1) != 0 ? '1' : '0';
      for (int bit = size - 1; bit >= 0; --bit) bits += ((mean < 0 ? mean - 1 : mean) >> bit & 1) != 0 ? '1' : '0';
      bits += '0';  // the end of the block
    }
  bits.resize((bits.size() + 7) / 8 * 8, '1');
  std::string data;
  for (std::size_t i = 0; i < bits.size(); i += 8) {
    data += static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
    if (data.back() == '\xFF') data += '\0';
  }
  return "\xFF\xD8"s + segment('\xEE', "Adobe\0\x64\0\0\0\0\0"s) + segment('\xDB', "\0"s + std::string(64, '\1')) +
         segment('\xC0', frame) + segment('\xC4', "\0"s + mean_codes) + segment('\xC4', "\x10"s + end_of_block) +
         segment('\xDA', scan + "\0\x3F\0"s) + data + "\xFF\xD9"s;
}

TEST_F(UnusualPictures, Cmyk) {
  temp.file("in/cyan.jpg", cmyk_jpeg({0, 255, 255, 255}));  // ink takes the red away
  temp.file("in/none.jpg", cmyk_jpeg({255, 255, 255, 255}));
  temp.file("in/black.jpg", cmyk_jpeg({255, 255, 255, 100}));
  EXPECT_NEAR(width_of(detect("cyan.jpg", {64, 64})), width_for(0), 0.5);
  EXPECT_NEAR(width_of(detect("none.jpg", {64, 64})), width_for(255), 0.5);
  EXPECT_NEAR(width_of(detect("black.jpg", {64, 64})), width_for(100), 0.5);
}

/// The JPEG with an orientation in EXIF: 6, to be turned clockwise to be seen upright.
std::string turned(const std::string& jpeg) {
  using namespace std::string_literals;
  const std::string exif = "Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"s;
  return jpeg.substr(0, 2) + "\xFF\xE1\0"s + static_cast<char>(exif.size() + 2) + exif + jpeg.substr(2);
}

TEST_F(UnusualPictures, ExifTurnsThePictureItsBoxesAndItsCopy) {
  cv::Mat lying(40, 80, CV_8UC3, cv::Scalar::all(0));
  lying(cv::Rect(0, 0, 40, 40)).setTo(cv::Scalar::all(255));  // left; upright it is above
  write("lying.jpg", lying);
  temp.file("in/turned.jpg", turned(content_of(temp / "in/lying.jpg")));
  detect("lying.jpg", {80, 40});
  const Json found = detect("turned.jpg", {40, 80});
  cv::Mat upright(80, 40, CV_8UC3, cv::Scalar::all(0));
  upright(cv::Rect(0, 0, 40, 40)).setTo(cv::Scalar::all(255));
  write("upright.jpg", upright);
  EXPECT_EQ(found, detect("upright.jpg", {40, 80}));
  const cv::Mat copy = cv::imread((temp / "runs/detect/exp/turned.jpg").string());
  const cv::Mat wanted = cv::imread((temp / "runs/detect/exp/upright.jpg").string());
  EXPECT_LT(cv::norm(copy, wanted, cv::NORM_L1) / static_cast<double>(copy.total()), 10)
      << "it is upright, and no EXIF turns it again";
}

TEST_F(UnusualPictures, Sizes) {
  for (const cv::Size size : {cv::Size(1, 1), {20'000, 10}, {10, 20'000}, {1, 300}, {3, 2}})
    for (const std::string extension : {".png", ".jpg", ".bmp"}) {
      const std::string name = std::to_string(size.width) + "x" + std::to_string(size.height) + extension;
      write(name, testing::plain(255, size.width, size.height));
      const Json found = detect(name, size);
      EXPECT_GE(found.size(), 1U) << name;
      for (const Json& object : found) {
        const auto box = object.at("box").get<std::vector<double>>();
        EXPECT_GE(box.at(0), 0) << name;
        EXPECT_GE(box.at(1), 0) << name;
        EXPECT_LE(box.at(2), size.width) << name;
        EXPECT_LE(box.at(3), size.height) << name;
      }
    }
}

TEST_F(UnusualPictures, DamagedInTheMiddle) {
  cv::Mat noise(120, 160, CV_8UC3);
  cv::randu(noise, 0, 256);
  for (const std::string name : {"a.jpg", "b.png"}) {
    write(name, noise);
    std::string bytes = content_of(temp / "in" / name);
    for (std::size_t i = 0; i < 50; ++i)
      bytes[bytes.size() / 2 + i] = static_cast<char>(bytes[bytes.size() / 2 + i] ^ 0x5A);
    temp.file("in/" + name, bytes);
  }
  const auto outcome = cli({"detect", "-m", model_, "-s", "in", "--json", "out.json"});
  EXPECT_EQ(outcome.status, 1) << "for the PNG, which can't be decoded";
  EXPECT_EQ(testing::lines_in(outcome.err), 2U) << outcome.err;
  const Json images = Json::parse(content_of(temp / "out.json")).at("images");
  EXPECT_TRUE(outcome.err.starts_with("inferqueue: in/a.jpg: is damaged (Corrupt JPEG data: ")) << outcome.err;
  EXPECT_NE(
      outcome.err.find("\ninferqueue: in/b.png: is no picture that can be decoded, or is damaged (libpng error: "),
      std::string::npos)
      << outcome.err;
  EXPECT_EQ("inferqueue: " + images.at(0).at("warning").get<std::string>() + "\n",
            outcome.err.substr(0, outcome.err.find('\n') + 1));
  EXPECT_EQ(images.at(0).at("detections").size(), 3U);
  EXPECT_TRUE(images.at(1).contains("error"));
  EXPECT_NE(outcome.out.find("\n1 of 2 pictures, 3 objects, 1 failed in "), std::string::npos) << outcome.out;
  EXPECT_EQ(cli({"detect", "-m", model_, "-s", "in/a.jpg"}).status, 0) << "a damaged one that can be read is a warning";
}

}  // namespace
}  // namespace inferqueue::cli
