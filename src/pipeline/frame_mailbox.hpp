// Frames on their way from the thread that reads a video or a camera to the one that feeds the queue.
//
// Invariants (under mutex_):
//  1. places_[(first_ + i) % size], i < count_, hold frames that nobody has taken, oldest first. The other places hold
//     pictures that are over, whose memory the reader uses again.
//  2. Only the reader puts, says and ends; only the feeder takes. Nothing is put after the end.
//  3. Where the latest is kept, put() never waits: the frame that nobody took in time is lost, and its picture is used
//     again.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "base/mutex.hpp"
#include "pipeline/frame_source.hpp"

namespace inferqueue::pipeline {

/// Thread rules: one reader and one feeder, see above; stop() and wait_until_left() are for any thread.
class FrameMailbox {
 public:
  enum class Keep {
    all,    ///< put() waits for room
    latest  ///< put() takes the place of the one before
  };
  explicit FrameMailbox(Keep keep) : keep_(keep), places_(keep == Keep::all ? 2 : 1) {}

  /// For the reader: exchanges the picture for one whose memory can be used again. False once stop() was called.
  bool put(cv::Mat& picture, const FrameStamp& stamp);
  /// For the reader: something to be told.
  void say(std::string note);
  /// For the reader: nothing more comes; `failure` says why where that is one.
  void end(std::string failure);
  /// For the reader: waits. False, at once, when stop() is called.
  bool rest(std::chrono::nanoseconds duration);
  /// For the reader, last of all: it touches nothing of anybody's any more.
  void leave();
  bool is_stopped();

  /// For the feeder: waits for what comes next. A frame's picture is exchanged for the one in `result`.
  Step wait(PictureResult& result, const std::stop_token& stop);
  /// For the feeder: exchanges the frame for one that came meanwhile, if there is one.
  void exchange(PictureResult& result);

  /// Asks the reader to leave.
  void stop();
  /// Waits until the reader has left. False if it has not in this time from the first stop() on.
  bool wait_until_left(std::chrono::nanoseconds time);

 private:
  struct Place {
    cv::Mat picture;
    FrameStamp stamp;
  };

  bool take(PictureResult& result) INFERQUEUE_REQUIRES(mutex_);
  void wake();

  const Keep keep_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::vector<Place> places_ INFERQUEUE_GUARDED_BY(mutex_);
  std::size_t first_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  std::size_t count_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> notes_ INFERQUEUE_GUARDED_BY(mutex_);
  std::optional<std::string> ended_ INFERQUEUE_GUARDED_BY(mutex_);
  bool stopped_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  base::Clock::time_point stopped_at_ INFERQUEUE_GUARDED_BY(mutex_);
  bool left_ INFERQUEUE_GUARDED_BY(mutex_) = false;
};

}  // namespace inferqueue::pipeline
