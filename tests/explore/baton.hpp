// How one thread hands the turn to another.
#pragma once

#include <atomic>
#include <cstdint>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace inferqueue::explore {

/// A binary semaphore that never spins: std::binary_semaphore spins first, which takes the processor from the very
/// thread that the turn was handed to. Thread rules: one thread takes, any thread passes.
class Baton {
 public:
  void pass() noexcept {
    state_.store(passed, std::memory_order_release);
    ::syscall(SYS_futex, address(), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
  void take() noexcept {
    while (state_.exchange(0, std::memory_order_acquire) != passed)
      ::syscall(SYS_futex, address(), FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }

 private:
  static constexpr std::uint32_t passed = 1;
  std::uint32_t* address() noexcept { return reinterpret_cast<std::uint32_t*>(&state_); }

  std::atomic<std::uint32_t> state_{0};
  static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));
};

}  // namespace inferqueue::explore
