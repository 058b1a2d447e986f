// A video that moves slowly over pictures: something to try `inferqueue detect` on, see docs/video.md.
// usage: pan PICTURES VIDEO.mp4 [SECONDS]
#include <cmath>
#include <numbers>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include "numbers.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/sources.hpp"
#include "pipeline/video_writer.hpp"

using namespace inferqueue;

/// As large as the window at least, with its aspect, and a little more to move over.
static cv::Mat around(const cv::Mat& picture, cv::Size window) {
  constexpr double margin = 1.15;
  const double scale = margin * std::max(static_cast<double>(window.width) / picture.cols,
                                         static_cast<double>(window.height) / picture.rows);
  cv::Mat scaled;
  cv::resize(picture, scaled, {}, scale, scale, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return scaled;
}

int main(int argc, char** argv) try {
  if (argc < 3) throw std::invalid_argument("usage: pan PICTURES VIDEO.mp4 [SECONDS]");
  const auto seconds = argc > 3 ? positive<double>("SECONDS", argv[3]) : 2.0;
  const pipeline::Sources sources = pipeline::expand_sources(std::vector<std::string>{argv[1]});
  if (!sources.problems.empty()) throw std::invalid_argument(sources.problems.front());
  const cv::Size window(480, 360);
  constexpr double fps = 12;
  pipeline::VideoWriter writer(argv[2], window, fps);
  pipeline::PictureReader reader;
  cv::Mat frame;
  for (const auto& path : sources.pictures) {
    const cv::Mat picture = around(reader.read(path), window);
    const int frames = std::max(1, static_cast<int>(seconds * fps));
    for (int i = 0; i < frames; ++i) {
      // From one corner to the other, slowly at both ends.
      const double share = (1 - std::cos(std::numbers::pi * i / frames)) / 2;
      const cv::Point2d at((picture.cols - window.width) * share, (picture.rows - window.height) * share);
      cv::getRectSubPix(picture, window, cv::Point2d(at.x + window.width / 2.0 - 0.5, at.y + window.height / 2.0 - 0.5),
                        frame);
      writer.write(frame);
    }
  }
  writer.commit();
  fmt::print("{}: {} frames\n", argv[2], writer.frames());
} catch (const std::exception& error) {
  fmt::print(stderr, "pan: {}\n", error.what());
  return 1;
}
