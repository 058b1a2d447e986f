#include "core/wait.hpp"

#include <algorithm>

namespace inferqueue::core {

WaitLimit::WaitLimit(const WaitOptions& options, base::Mutex& mutex, base::CondVar& changed)
    : changed_(changed), stop_(options.stop) {
  if (options.timeout) {
    begun_ = Clock::now();
    // "For as long as it takes" may be spelt as the longest of durations, which no time point has room for.
    const auto longest = Clock::time_point::max() - begun_;
    deadline_ =
        begun_ + std::clamp<std::chrono::nanoseconds>(*options.timeout, std::chrono::nanoseconds::zero(), longest);
  }
  if (stop_.stop_possible()) on_stop_.emplace(stop_, Wake{&mutex, &changed});
}

void WaitLimit::Wake::operator()() const noexcept {
  // Locked, so that it can't fall between the waiter's look at the token and its wait.
  const base::MutexLock lock(*mutex);
  changed->notify_all();
}

void WaitLimit::wait(base::MutexLock& lock) {
  if (deadline_) {
    changed_.wait_until(lock, *deadline_);
  } else {
    changed_.wait(lock);
  }
}

}  // namespace inferqueue::core
