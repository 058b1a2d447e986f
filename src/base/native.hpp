// What the core's mutexes, condition variables, atomics, threads and clock are made of: the standard library's. This is
// the one place where a test can put others: tests/explore/ has types that a scheduler controls, so that it can try
// every order in which threads may come to them.
#pragma once

#ifdef INFERQUEUE_EXPLORE
#include "explore/seam.hpp"
#else
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace inferqueue::base::native {

using Mutex = std::mutex;
using CondVar = std::condition_variable;
template <class T>
using Atomic = std::atomic<T>;
using Thread = std::jthread;
using Clock = std::chrono::steady_clock;

}  // namespace inferqueue::base::native
#endif
