// An annotated video.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include <opencv2/core/mat.hpp>

#include "media/codecs.hpp"

namespace inferqueue::pipeline {

/// Writes MPEG-4 (mp4v) in an .mp4 file, which any player plays but browsers. Like NewFile it is written beside its
/// place, as `.inferqueue-PID-N.part.mp4`, and takes its place, whole, with commit(): the end of such a file says where
/// everything is in it. Thread rules: one thread at a time per object.
class VideoWriter {
 public:
  /// Throws base::UserError naming `path` if no video can be written there.
  VideoWriter(const std::filesystem::path& path, cv::Size size, double fps);
  VideoWriter(const VideoWriter&) = delete;
  VideoWriter& operator=(const VideoWriter&) = delete;
  VideoWriter(VideoWriter&&) = delete;
  VideoWriter& operator=(VideoWriter&&) = delete;
  /// Takes the hidden file away, unless it was committed.
  ~VideoWriter();

  /// A picture of another size is resized.
  void write(const cv::Mat& bgr8);
  /// Completes the file. Throws base::UserError if not all of it could be written, and leaves nothing then.
  void commit();
  std::size_t frames() const noexcept { return frames_; }

 private:
  std::filesystem::path path_;
  std::filesystem::path beside_;  // empty once it was committed
  cv::Size size_;
  std::unique_ptr<media::VideoOutput> writer_;
  cv::Mat resized_;
  std::size_t frames_ = 0;
};

}  // namespace inferqueue::pipeline
