#include "core/completion_pool.hpp"

#include <utility>

namespace inferqueue::core {

using base::MutexLock;

CompletionPool::CompletionPool(std::size_t threads, std::size_t slots, Deliver deliver)
    : deliver_(std::move(deliver)), ring_(slots) {
  threads_.reserve(threads);
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
  } catch (...) {
    stop();  // or the threads that could be made would be joined without an end
    throw;
  }
}

CompletionPool::~CompletionPool() {
  stop();
}

void CompletionPool::stop() noexcept {
  const MutexLock lock(mutex_);
  stopping_ = true;
  posted_.notify_all();
}

void CompletionPool::post(SlotId slot, std::exception_ptr error) noexcept {
  const MutexLock lock(mutex_);
  ring_[(head_ + count_) % ring_.size()] = {slot, std::move(error)};
  ++count_;
  posted_.notify_one();
}

void CompletionPool::serve() noexcept {
  for (;;) {
    Completion next;
    {
      MutexLock lock(mutex_);
      while (count_ == 0 && !stopping_) posted_.wait(lock);
      if (count_ == 0) return;
      next = std::exchange(ring_[head_], {});
      head_ = (head_ + 1) % ring_.size();
      --count_;
    }
    deliver_(next.slot, std::move(next.error));
  }
}

}  // namespace inferqueue::core
