// The types of base/native.hpp for code that is explored: they look like the standard library's, and every operation on
// them asks the scheduler for the turn. On a thread that no execution controls they do the same without asking, and
// without protecting anything.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

#include "explore/task.hpp"

namespace inferqueue::explore {

class Mutex {
 public:
  void lock();
  bool try_lock();
  void unlock();

 private:
  friend class CondVar;
  Object object_{Object::Kind::mutex};
};

/// Never wakes spuriously.
class CondVar {
 public:
  void wait(std::unique_lock<Mutex>& lock) { sleep(lock, nullptr); }
  void wait_until(std::unique_lock<Mutex>& lock, TimePoint deadline) { sleep(lock, &deadline); }
  void notify_one() noexcept { notify(false); }
  void notify_all() noexcept { notify(true); }

 private:
  void sleep(std::unique_lock<Mutex>& lock, const TimePoint* deadline);
  void notify(bool all) noexcept;
  Object object_{Object::Kind::condition};
};

/// What an Atomic does besides holding its value. Every order is sequentially consistent here.
class AtomicObject {
 protected:
  void access(Op op) const noexcept;
  void sleep() const noexcept;
  void notify(bool all) const noexcept;

 private:
  mutable Object object_{Object::Kind::atomic};
};

template <class T>
class Atomic : private AtomicObject {
 public:
  using value_type = T;
  static constexpr bool is_always_lock_free = true;
  Atomic() noexcept = default;
  Atomic(T value) noexcept : value_(value) {}  // NOLINT(google-explicit-constructor): as std::atomic's
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;
  Atomic(Atomic&&) = delete;
  Atomic& operator=(Atomic&&) = delete;
  ~Atomic() = default;

  T load(std::memory_order = std::memory_order_seq_cst) const noexcept {
    access(Op::read);
    return value_;
  }
  void store(T value, std::memory_order = std::memory_order_seq_cst) noexcept { exchange(value); }
  T exchange(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    access(Op::write);
    return std::exchange(value_, value);
  }
  bool compare_exchange_strong(T& expected, T value, std::memory_order = std::memory_order_seq_cst,
                               std::memory_order = std::memory_order_seq_cst) noexcept {
    access(Op::write);
    if (value_ != expected) {
      expected = value_;
      return false;
    }
    value_ = value;
    return true;
  }
  bool compare_exchange_weak(T& expected, T value, std::memory_order order = std::memory_order_seq_cst,
                             std::memory_order otherwise = std::memory_order_seq_cst) noexcept {
    return compare_exchange_strong(expected, value, order, otherwise);
  }

  T fetch_add(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    access(Op::write);
    return std::exchange(value_, static_cast<T>(value_ + value));
  }
  T fetch_sub(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    access(Op::write);
    return std::exchange(value_, static_cast<T>(value_ - value));
  }
  T fetch_or(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    access(Op::write);
    return std::exchange(value_, static_cast<T>(value_ | value));
  }
  T fetch_and(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    access(Op::write);
    return std::exchange(value_, static_cast<T>(value_ & value));
  }

  operator T() const noexcept { return load(); }  // NOLINT(google-explicit-constructor): as std::atomic's
  T operator=(T value) noexcept {                 // NOLINT: returns what std::atomic's returns
    store(value);
    return value;
  }
  T operator++() noexcept { return static_cast<T>(fetch_add(T{1}) + T{1}); }
  T operator--() noexcept { return static_cast<T>(fetch_sub(T{1}) - T{1}); }
  T operator++(int) noexcept { return fetch_add(T{1}); }
  T operator--(int) noexcept { return fetch_sub(T{1}); }
  T operator+=(T value) noexcept { return static_cast<T>(fetch_add(value) + value); }
  T operator-=(T value) noexcept { return static_cast<T>(fetch_sub(value) - value); }

  void wait(T old, std::memory_order = std::memory_order_seq_cst) const noexcept {
    while (load() == old) sleep();
  }
  void notify_one() noexcept { notify(false); }
  void notify_all() noexcept { notify(true); }

 private:
  T value_{};
};

/// Only within a scenario.
class Thread {
 public:
  Thread() noexcept = default;
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Thread> && std::invocable<std::decay_t<F>&>)
  explicit Thread(F&& call) {
    // std::function wants what can be copied
    begin([shared = std::make_shared<std::decay_t<F>>(std::forward<F>(call))] { (*shared)(); });
  }
  Thread(Thread&& other) noexcept : task_(std::exchange(other.task_, nullptr)) {}
  Thread& operator=(Thread&& other) noexcept {
    if (joinable()) join();
    task_ = std::exchange(other.task_, nullptr);
    return *this;
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() {
    if (joinable()) join();
  }

  bool joinable() const noexcept { return task_ != nullptr; }
  void join();

 private:
  void begin(std::function<void()> body);
  Task* task_ = nullptr;
};

struct Clock {
  using duration = std::chrono::steady_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = TimePoint;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};

}  // namespace inferqueue::explore

namespace inferqueue::base::native {

using Mutex = explore::Mutex;
using CondVar = explore::CondVar;
template <class T>
using Atomic = explore::Atomic<T>;
using Thread = explore::Thread;
using Clock = explore::Clock;

}  // namespace inferqueue::base::native
