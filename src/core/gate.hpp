// Knows who is inside an object, so that its destructor can wait until they have left.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "base/mutex.hpp"

namespace inferqueue::core {

/// Entering and leaving cost one atomic operation each. Thread rules: any thread enters and leaves; one thread closes,
/// and afterwards nobody enters.
///
/// Invariant: the one who leaves last after the closing is the last to touch the gate before the closer goes on.
class Gate {
 public:
  class Inside {
   public:
    explicit Inside(Gate& gate) noexcept : gate_(gate) { gate_.callers_.fetch_add(one, std::memory_order_acquire); }
    ~Inside() { gate_.leave(); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    Inside(Inside&&) = delete;
    Inside& operator=(Inside&&) = delete;

   private:
    Gate& gate_;
  };

  /// Waits until everybody has left, `deadline` at most. Returns true if they have; else they still use the gate. Once
  /// it has returned true it may be called again, and does so at once.
  bool close_and_wait(base::Clock::time_point deadline) noexcept {
    if ((callers_.fetch_or(closing, std::memory_order_acq_rel) & ~closing) == 0) return true;
    base::MutexLock lock(mutex_);
    while (!empty_ && base::Clock::now() < deadline) emptied_.wait_until(lock, deadline);
    return empty_;
  }

 private:
  static constexpr std::uint64_t closing = 1;
  static constexpr std::uint64_t one = 2;

  void leave() noexcept {
    if (callers_.fetch_sub(one, std::memory_order_acq_rel) != one + closing) return;
    // Notified under the mutex: the closer can't go on, and destroy all this, before it is unlocked.
    const base::MutexLock lock(mutex_);
    empty_ = true;
    emptied_.notify_all();
  }

  base::Atomic<std::uint64_t> callers_{0};
  base::Mutex mutex_;
  base::CondVar emptied_;
  bool empty_ INFERQUEUE_GUARDED_BY(mutex_) = false;
};

}  // namespace inferqueue::core
