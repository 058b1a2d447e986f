// A mutex, its lock and a condition variable that clang's thread-safety analysis understands
// (https://clang.llvm.org/docs/ThreadSafetyAnalysis.html). The standard ones carry no annotations.
//
// This header is also the one seam through which the core blocks and wakes: nothing in core/ names std::mutex. What is
// beneath it is native.hpp's, as for atomic.hpp, thread.hpp and clock.hpp.
#pragma once

#include <mutex>  // std::unique_lock

#include "base/clock.hpp"
#include "base/native.hpp"

#if defined(__clang__)
#define INFERQUEUE_TSA(x) __attribute__((x))
#else
#define INFERQUEUE_TSA(x)
#endif

#define INFERQUEUE_GUARDED_BY(mutex) INFERQUEUE_TSA(guarded_by(mutex))
#define INFERQUEUE_REQUIRES(mutex) INFERQUEUE_TSA(requires_capability(mutex))
#define INFERQUEUE_EXCLUDES(mutex) INFERQUEUE_TSA(locks_excluded(mutex))

namespace inferqueue::base {

class INFERQUEUE_TSA(capability("mutex")) Mutex {
 public:
  void lock() INFERQUEUE_TSA(acquire_capability()) { native_.lock(); }
  void unlock() INFERQUEUE_TSA(release_capability()) { native_.unlock(); }
  native::Mutex& native() { return native_; }

 private:
  native::Mutex native_;
};

/// Holds a mutex from its construction to its destruction.
class INFERQUEUE_TSA(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) INFERQUEUE_TSA(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() INFERQUEUE_TSA(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  MutexLock(MutexLock&&) = delete;
  MutexLock& operator=(MutexLock&&) = delete;

  Mutex& mutex() { return mutex_; }

 private:
  Mutex& mutex_;
};

class CondVar {
 public:
  /// Gives the mutex up while it waits. Wakes spuriously: call it in a loop over the condition. (A predicate argument
  /// would be a lambda, which the analysis treats as a function that holds no lock.)
  void wait(MutexLock& lock) {
    std::unique_lock<native::Mutex> held(lock.mutex().native(), std::adopt_lock);
    condition_.wait(held);
    held.release();
  }
  /// The same, but no longer than until `deadline`, where that isn't the last time point there is.
  void wait_until(MutexLock& lock, Clock::time_point deadline) {
    if (deadline == Clock::time_point::max()) return wait(lock);
    std::unique_lock<native::Mutex> held(lock.mutex().native(), std::adopt_lock);
    condition_.wait_until(held, deadline);
    held.release();
  }
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

 private:
  native::CondVar condition_;
};

}  // namespace inferqueue::base
