// What the command counts of each of its sources.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <inferqueue/statistics.hpp>

#include "pipeline/result.hpp"

namespace inferqueue::cli {

/// One of the pipeline's sources: all pictures together, a video, or a live one.
struct SourceEntry {
  enum class Kind { pictures, video, live };
  Kind kind = Kind::pictures;
  std::string typed;       ///< as the pipeline opens it; of pictures nothing
  std::size_t number = 0;  ///< 1 for the first of its kind
  std::size_t of = 0;      ///< how many there are of its kind
};

/// Frame rate and lag of one source. The lag of a live one is the time from a frame's arrival to its delivery.
/// Thread rules: one thread at a time.
class SourceTally {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SourceTally(std::size_t stride) : stride_(stride) {}

  void count(const pipeline::FrameStamp& frame, Clock::time_point now);

  std::size_t frames() const noexcept { return frames_; }
  /// How many are to be expected; those there are where that isn't known.
  std::size_t expected(std::size_t max_frames) const;
  /// Frames a second since the first arrived; 0 before the second.
  double rate() const;
  std::chrono::nanoseconds last_lag() const noexcept { return last_lag_; }
  /// "120 frames in 3.20 s (37.5 frames/s)"; of a live source also how many were left out, and the lag.
  std::string text() const;

 private:
  double seconds() const;

  std::size_t stride_;
  std::size_t frames_ = 0;
  pipeline::FrameStamp latest_;
  Clock::time_point first_;
  Clock::time_point last_;
  std::chrono::nanoseconds last_lag_{};
  Histogram lag_;
};

}  // namespace inferqueue::cli
