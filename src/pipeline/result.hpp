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

/// Thread rules: a plain value; owned by one stage of the pipeline at a time.
struct PictureResult {
  std::size_t index = 0;  ///< its place among the sources
  std::filesystem::path source;
  cv::Mat picture;  ///< 8-bit BGR; empty if it couldn't be read, or isn't kept
  vision::Geometry geometry;
  std::vector<vision::Detection> detections;  ///< best first, in pixels of the source
  std::chrono::nanoseconds latency{};         ///< from the start of the inference to its completion
  std::string warning;                        ///< what is wrong with the picture though it was read; mostly empty
  std::string error;                          ///< why there are no detections; empty if all went well
};

}  // namespace inferqueue::pipeline
