// Reads a video or a live source into a mailbox, on a thread that may be left behind.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "pipeline/frame_mailbox.hpp"

namespace inferqueue::pipeline {

/// Thread rules: a plain value.
struct VideoOptions {
  std::size_t stride = 1;      ///< of so many frames the last is taken
  std::size_t max_frames = 0;  ///< no more than this of each source; 0: all
  /// A stream that doesn't answer, or gives no frame, for this long has failed.
  std::chrono::milliseconds timeout{10'000};
  /// How often a live source that has failed is tried again before it is given up. One that has given a frame since has
  /// all its tries again.
  std::size_t retries = 5;
  /// One that has never given a frame: no more than this.
  std::size_t first_retries = 2;
  /// Before the first new try; each one later waits twice as long, up to 30 s.
  std::chrono::milliseconds wait{1000};
};

/// Reads the frames of a video file in order, up to its end. Says where there are fewer than there should be.
void read_video(FrameMailbox& mail, const std::string& source, const VideoOptions& options);

/// Reads the frames of a camera or a stream as they come. When it fails, it is tried again after a while, and given up
/// after `retries` tries in a row.
void read_live(FrameMailbox& mail, const std::string& source, const VideoOptions& options);

}  // namespace inferqueue::pipeline
