#include "core/completion_pool.hpp"

#include <utility>

namespace inferqueue::core {

using base::MutexLock;
using base::Ref;

CompletionPool::CompletionPool(std::size_t threads, Deliver deliver) : deliver_(std::move(deliver)) {
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
  } catch (...) {
    stop();  // or the threads that could be made would be joined without an end
    throw;
  }
}

CompletionPool::~CompletionPool() {
  finish();
}

void CompletionPool::finish() noexcept {
  stop();
  threads_.clear();
}

void CompletionPool::stop() noexcept {
  const MutexLock lock(mutex_);
  stopping_ = true;
  posted_.notify_all();
}

void CompletionPool::post(Ref<Record> record) noexcept {
  {
    const MutexLock lock(mutex_);
    records_.push(std::move(record));
  }
  posted_.notify_one();
}

void CompletionPool::serve() noexcept {
  for (;;) {
    Ref<Record> next;
    {
      MutexLock lock(mutex_);
      while (records_.empty() && !stopping_) posted_.wait(lock);
      next = records_.pop();
      if (!next) return;
    }
    deliver_(std::move(next));
  }
}

}  // namespace inferqueue::core
