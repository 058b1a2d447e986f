// What ends a wait before its condition is met.
#pragma once

#include <optional>
#include <stop_token>

#include <inferqueue/options.hpp>

#include "base/mutex.hpp"
#include "core/record.hpp"

namespace inferqueue::core {

/// One call's limit. Made before the mutex is locked and destroyed after it is unlocked: making it and destroying it
/// may run or await the stop callback, which locks the mutex. Thread rules: for the thread that waits.
class WaitLimit {
 public:
  /// A request to stop will notify `changed`, the condition that this call waits on.
  WaitLimit(const WaitOptions& options, base::Mutex& mutex, base::CondVar& changed);
  WaitLimit(const WaitLimit&) = delete;
  WaitLimit& operator=(const WaitLimit&) = delete;
  WaitLimit(WaitLimit&&) = delete;
  WaitLimit& operator=(WaitLimit&&) = delete;
  ~WaitLimit() = default;

  bool is_stopped() const noexcept { return stop_.stop_requested(); }
  bool is_over() const noexcept { return deadline_ && Clock::now() >= *deadline_; }
  Clock::duration waited() const noexcept { return Clock::now() - begun_; }
  /// Waits once, spurious wake-ups included.
  void wait(base::MutexLock& lock);

 private:
  /// Wakes all: others on the same condition look again and go on waiting.
  struct Wake {
    base::Mutex* mutex;
    base::CondVar* changed;
    void operator()() const noexcept;
  };

  base::CondVar& changed_;
  std::stop_token stop_;
  Clock::time_point begun_;  // unset where nothing limits the wait
  std::optional<Clock::time_point> deadline_;
  std::optional<std::stop_callback<Wake>> on_stop_;
};

}  // namespace inferqueue::core
