#include "pipeline/frame_mailbox.hpp"

#include <utility>

namespace inferqueue::pipeline {

using base::MutexLock;

bool FrameMailbox::put(cv::Mat& picture, const FrameStamp& stamp) {
  MutexLock lock(mutex_);
  if (keep_ == Keep::latest && count_ == places_.size()) --count_;
  while (count_ == places_.size() && !stopped_) changed_.wait(lock);
  if (stopped_) return false;
  Place& place = places_[(first_ + count_++) % places_.size()];
  std::swap(place.picture, picture);
  place.stamp = stamp;
  changed_.notify_all();
  return true;
}

void FrameMailbox::say(std::string note) {
  const MutexLock lock(mutex_);
  notes_.push_back(std::move(note));
  changed_.notify_all();
}

void FrameMailbox::end(std::string failure) {
  const MutexLock lock(mutex_);
  ended_ = std::move(failure);
  changed_.notify_all();
}

bool FrameMailbox::rest(std::chrono::nanoseconds duration) {
  const auto deadline = base::Clock::now() + duration;
  MutexLock lock(mutex_);
  while (!stopped_ && base::Clock::now() < deadline) changed_.wait_until(lock, deadline);
  return !stopped_;
}

void FrameMailbox::leave() {
  const MutexLock lock(mutex_);
  left_ = true;
  changed_.notify_all();
}

bool FrameMailbox::is_stopped() {
  const MutexLock lock(mutex_);
  return stopped_;
}

bool FrameMailbox::take(PictureResult& result) {
  if (count_ == 0) return false;
  Place& place = places_[first_];
  std::swap(place.picture, result.picture);
  result.frame = place.stamp;
  first_ = (first_ + 1) % places_.size();
  --count_;
  changed_.notify_all();
  return true;
}

Step FrameMailbox::wait(PictureResult& result, const std::stop_token& stop) {
  const std::stop_callback woken(stop, [this] { wake(); });
  MutexLock lock(mutex_);
  for (;;) {
    if (stop.stop_requested()) return {.kind = Step::Kind::end};
    if (!notes_.empty()) {
      Step note{.kind = Step::Kind::note, .text = std::move(notes_.front())};
      notes_.erase(notes_.begin());
      return note;
    }
    if (take(result)) return {.kind = Step::Kind::frame};
    if (ended_) return {.kind = Step::Kind::end, .text = std::move(*ended_)};
    changed_.wait(lock);
  }
}

void FrameMailbox::exchange(PictureResult& result) {
  const MutexLock lock(mutex_);
  take(result);
}

void FrameMailbox::stop() {
  const MutexLock lock(mutex_);
  if (!stopped_) stopped_at_ = base::Clock::now();
  stopped_ = true;
  changed_.notify_all();
}

void FrameMailbox::wake() {
  const MutexLock lock(mutex_);
  changed_.notify_all();
}

bool FrameMailbox::wait_until_left(std::chrono::nanoseconds time) {
  MutexLock lock(mutex_);
  const auto deadline = stopped_at_ + time;
  while (!left_ && base::Clock::now() < deadline) changed_.wait_until(lock, deadline);
  return left_;
}

}  // namespace inferqueue::pipeline
