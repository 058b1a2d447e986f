// A video, camera or stream that OpenCV has opened.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include <opencv2/core/mat.hpp>

#include "media/codecs.hpp"

namespace inferqueue::pipeline {

/// Thread rules: one thread. Any call may block: of an address for `timeout`, of a file or a camera as long as the
/// system does.
class Capture {
 public:
  /// Opens a video file by its path, a camera by its number, an address by FFmpeg. Throws base::UserError, which names
  /// the source, for a file that is none or no video; is not is_open() for a camera or an address that doesn't answer.
  Capture(const std::string& source, std::chrono::milliseconds timeout);

  bool is_open() const { return video_ != nullptr; }
  /// Goes on to the next frame, in a file over what can't be decoded. False at the end, at the timeout, and when the
  /// other side has gone.
  bool grab();
  /// The frame in 8-bit BGR, in the memory of `picture` where it fits. False if it can't be decoded.
  bool retrieve(cv::Mat& picture);

  /// The first thing that a decoder has said of what it had to decode, in this thread; mostly nothing. Needs
  /// catch_decoder_messages().
  const std::string& damage() const noexcept { return damage_; }
  /// As the source says; 0 where it doesn't, or says nonsense.
  double fps() const noexcept { return fps_; }
  std::size_t frames() const noexcept { return frames_; }
  /// The number of the frame that was grabbed last, 1 for the first. Those that can't be decoded count.
  std::size_t number() const noexcept { return number_; }
  /// How many were grabbed.
  std::size_t decoded() const noexcept { return decoded_; }
  /// Of the frame that was grabbed last, into the video: never less than that of the one before.
  std::chrono::nanoseconds time() const noexcept { return time_; }

 private:
  std::unique_ptr<media::VideoInput> video_;  // null where it could not be opened
  double fps_ = 0;
  std::size_t frames_ = 0;
  bool is_file_ = false;
  std::size_t number_ = 0;
  std::size_t decoded_ = 0;
  std::chrono::nanoseconds time_{};
  std::string damage_;
};

}  // namespace inferqueue::pipeline
