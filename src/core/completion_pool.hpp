// Threads on which outcomes are delivered, where the runtime's own thread is not to be kept busy with callbacks.
//
// Invariants (under mutex_):
//  1. ring_ holds at most one completion per slot, so that posting never needs memory.
//  2. Every completion that was posted is delivered once, also those that the destructor finds.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "core/record.hpp"

namespace inferqueue::core {

/// Thread rules: any thread posts; the destructor, on none of the pool's threads, delivers what is left and joins.
class CompletionPool {
 public:
  using Deliver = std::function<void(SlotId, std::exception_ptr)>;

  /// `deliver` must not throw. Throws std::system_error if the threads can't be made.
  CompletionPool(std::size_t threads, std::size_t slots, Deliver deliver);
  ~CompletionPool();
  CompletionPool(const CompletionPool&) = delete;
  CompletionPool& operator=(const CompletionPool&) = delete;
  CompletionPool(CompletionPool&&) = delete;
  CompletionPool& operator=(CompletionPool&&) = delete;

  /// At most one completion of a slot may be posted and not yet being delivered.
  void post(SlotId slot, std::exception_ptr error) noexcept;

 private:
  struct Completion {
    SlotId slot = 0;
    std::exception_ptr error;
  };

  void serve() noexcept;
  void stop() noexcept;

  Deliver deliver_;
  base::Mutex mutex_;
  base::CondVar posted_;
  std::vector<Completion> ring_ INFERQUEUE_GUARDED_BY(mutex_);
  std::size_t head_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  std::size_t count_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  bool stopping_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace inferqueue::core
