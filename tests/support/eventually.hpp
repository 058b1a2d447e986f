// Waiting for what nothing tells of.
#pragma once

#include <chrono>
#include <thread>

namespace inferqueue::testing {

/// Looks again and again until the condition holds. Returns false if it still doesn't after a minute.
template <class Condition>
bool eventually(Condition&& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

}  // namespace inferqueue::testing
