#include "pipeline/ordered_results.hpp"

#include <utility>

namespace inferqueue::pipeline {

using base::MutexLock;

std::optional<std::size_t> OrderedResults::reserve() {
  MutexLock lock(mutex_);
  while (!closed_ && reserved_ - delivered_ == ring_.size()) room_.wait(lock);
  if (closed_) return std::nullopt;
  return reserved_++;
}

PictureResult& OrderedResults::at(std::size_t index) {
  const MutexLock lock(mutex_);
  return ring_[index % ring_.size()].result;
}

void OrderedResults::finish(std::size_t index) {
  const MutexLock lock(mutex_);
  ring_[index % ring_.size()].finished = true;
  if (index == delivered_) ready_.notify_one();
}

void OrderedResults::close() {
  const MutexLock lock(mutex_);
  closed_ = true;
  room_.notify_one();
  ready_.notify_one();
}

std::optional<PictureResult> OrderedResults::take() {
  MutexLock lock(mutex_);
  for (;;) {
    Entry& next = ring_[delivered_ % ring_.size()];
    if (delivered_ < reserved_ && next.finished) {
      ++delivered_;
      room_.notify_one();
      return std::exchange(next, {}).result;
    }
    if (closed_ && delivered_ == reserved_) return std::nullopt;
    ready_.wait(lock);
  }
}

}  // namespace inferqueue::pipeline
