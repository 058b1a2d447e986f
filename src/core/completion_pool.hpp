// Threads on which outcomes are delivered, where the runtime's own thread is not to be kept busy with callbacks.
//
// Invariants (under mutex_):
//  1. Every record that was posted is delivered once, also those that the destructor finds.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/mutex.hpp"
#include "base/thread.hpp"
#include "core/record_list.hpp"

namespace inferqueue::core {

/// Thread rules: any thread posts; finish() and the destructor on none of the pool's threads, the destructor when every
/// post() has returned.
class CompletionPool {
 public:
  using Deliver = std::function<void(base::Ref<Record>)>;

  /// `deliver` must not throw. Throws std::system_error if the threads can't be made.
  CompletionPool(std::size_t threads, Deliver deliver);
  ~CompletionPool();
  CompletionPool(const CompletionPool&) = delete;
  CompletionPool& operator=(const CompletionPool&) = delete;
  CompletionPool(CompletionPool&&) = delete;
  CompletionPool& operator=(CompletionPool&&) = delete;

  void post(base::Ref<Record> record) noexcept;
  /// Delivers what is left, and joins the threads. Nothing is posted any more; but the last post() may not have
  /// returned, although its record was delivered.
  void finish() noexcept;

 private:
  void serve() noexcept;
  void stop() noexcept;

  Deliver deliver_;
  base::Mutex mutex_;
  base::CondVar posted_;
  RecordList records_ INFERQUEUE_GUARDED_BY(mutex_);
  bool stopping_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  std::vector<base::Thread> threads_;  // last: they use all of the above
};

}  // namespace inferqueue::core
