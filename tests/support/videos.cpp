#include "support/videos.hpp"

#include <cstdint>
#include <fstream>
#include <stdexcept>

#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

#include "support/known_boxes.hpp"

namespace inferqueue::testing {
namespace {

constexpr int square = 16;
constexpr int squares = 12;

cv::Rect bit(int i) {
  return {i * square, 0, square, square};
}

}  // namespace

cv::Mat numbered(std::size_t number, int red) {
  cv::Mat picture = plain(red, squares * square, 64);
  for (int i = 0; i < squares; ++i) picture(bit(i)).setTo(cv::Scalar::all((number >> i & 1U) != 0 ? 255 : 0));
  return picture;
}

std::size_t number_in(const cv::Mat& picture) {
  std::size_t number = 0;
  for (int i = 0; i < squares; ++i)
    if (cv::mean(picture(bit(i)))[1] > 128) number |= std::size_t{1} << i;
  return number;
}

std::filesystem::path write_video(const std::filesystem::path& path, std::size_t count, const VideoFormat& format) {
  const std::string_view f = format.fourcc;
  cv::VideoWriter writer(path.string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc(f[0], f[1], f[2], f[3]), format.fps,
                         numbered(0).size());
  if (!writer.isOpened()) throw std::runtime_error("OpenCV can't write " + path.string());
  for (std::size_t i = 1; i <= count; ++i) writer.write(numbered(i, red_of(i)));
  return path;
}

void damage(const std::filesystem::path& path, double from, double to) {
  const auto size = static_cast<double>(std::filesystem::file_size(path));
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(from * size));
  std::uint32_t state = 1;
  for (double at = from * size; at < to * size; ++at) file.put(static_cast<char>((state = state * 1664525 + 1) >> 24U));
}

std::size_t frames_in(const std::filesystem::path& path) {
  cv::VideoCapture capture(path.string(), cv::CAP_FFMPEG);
  std::size_t frames = 0;
  while (capture.isOpened() && capture.grab()) ++frames;
  return frames;
}

}  // namespace inferqueue::testing
