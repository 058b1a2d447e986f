// What detection makes of one picture.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "vision/detection.hpp"
#include "vision/letterbox.hpp"

namespace inferqueue::pipeline {

/// Where and when a picture was in a video or a stream. Thread rules: a plain value.
struct FrameStamp {
  std::size_t source = 0;           ///< which of the pipeline's sources it comes from
  std::size_t number = 0;           ///< 1 for the first of its source; 0 for a picture of its own
  std::size_t of = 0;               ///< how many frames the video says it has; 0 if it doesn't
  double fps = 0;                   ///< frames a second as the source says; 0 if it doesn't
  std::chrono::nanoseconds time{};  ///< of a video: into it; of a live source: since its first frame
  /// When it could be had first: lag counts from there.
  // NOLINTNEXTLINE(readability-redundant-member-init): g++ warns where a member without an initializer is left out
  std::chrono::steady_clock::time_point arrived{};
  bool live = false;
};

/// Thread rules: a plain value; owned by one stage of the pipeline at a time.
struct PictureResult {
  std::size_t index = 0;         ///< its place among those of its source
  std::filesystem::path source;  ///< the picture's file; of a frame the video's, or the address
  FrameStamp frame;
  cv::Mat picture;  ///< 8-bit BGR; empty if it couldn't be read, or isn't kept
  vision::Geometry geometry;
  std::vector<vision::Detection> detections;  ///< best first, in pixels of the source
  std::chrono::nanoseconds latency{};         ///< from the start of the inference to its completion
  std::string warning;                        ///< what is wrong with the picture though it was read; mostly empty
  std::string error;                          ///< why there are no detections; empty if all went well

  /// As new, but for the memory of the picture and the source's name, which the next one may use again.
  void begin_anew() {
    index = 0;
    frame = {};
    geometry = {};
    detections.clear();
    latency = {};
    warning.clear();
    error.clear();
  }
};

}  // namespace inferqueue::pipeline
