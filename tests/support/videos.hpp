// Videos whose frames say which ones they are.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include <opencv2/core/mat.hpp>

namespace inferqueue::testing {

/// A picture of 192 by 64: its number in black and white squares above, and below one colour with this red, also in the
/// middle, where the model with known boxes looks. Survives every codec.
cv::Mat numbered(std::size_t number, int red = 0);
/// The number in such a picture.
std::size_t number_in(const cv::Mat& picture);

/// How a video is written: with OpenCV, not with the code under test.
struct VideoFormat {
  std::string_view fourcc = "mp4v";
  double fps = 25;
};

/// Writes numbered() 1 to `count`; the red of number i is red_of(i). Returns the path.
std::filesystem::path write_video(const std::filesystem::path& path, std::size_t count, const VideoFormat& format = {});

/// Overwrites a part of a file, from and to as shares of its length, with bytes that mean nothing.
void damage(const std::filesystem::path& path, double from, double to);

/// How many frames can be decoded; 0 if it can't be opened.
std::size_t frames_in(const std::filesystem::path& path);

}  // namespace inferqueue::testing
