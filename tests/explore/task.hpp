// What the scheduler knows of the threads of a scenario, and of the objects through which they meet.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "explore/baton.hpp"

namespace inferqueue::explore {

class Execution;
struct Task;

using TimePoint = std::chrono::steady_clock::time_point;

/// What a thread is about to do, or has done.
enum class Op : std::uint8_t {
  begin,
  lock,
  unlock,
  wait,
  sleep,  // waits for a notification: never its own choice
  notify_one,
  notify_all,
  read,
  write,
  create,
  join,
  end,
  time_out,
};

/// Stands for everything that led to an event: two histories are equal only if the same events of the same threads
/// came before, in the same order as far as they touch the same objects. Executions whose threads have equal histories
/// are in the same state.
using History = std::uint64_t;

/// The history of an event that has two before it.
constexpr History join_histories(History one, History other) noexcept {
  History mixed = one * 0x9E3779B97F4A7C15U + (other ^ (other >> 29U)) * 0xBF58476D1CE4E5B9U + 0x94D049BB133111EBU;
  mixed = (mixed ^ (mixed >> 32U)) * 0xD6E8FEB86659FD93U;
  return mixed ^ (mixed >> 32U);
}

/// A mutex, condition variable or atomic of the seam. It can tell that it is used after its end, because the execution
/// keeps a list of those that live.
class Object {
 public:
  enum class Kind : std::uint8_t { mutex, condition, atomic };

  explicit Object(Kind its_kind) noexcept;
  ~Object();
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  Object(Object&&) = delete;
  Object& operator=(Object&&) = delete;

  Kind kind;
  std::uint32_t number = 0;     ///< 0: made outside of any scenario
  std::uint64_t execution = 0;  ///< in which it was made or last used
  History history = 0;          ///< of the last event that changed it
  Task* owner = nullptr;        ///< of a mutex
  Object* guard = nullptr;      ///< of a condition variable: the mutex that it is used with
  std::vector<Task*> sleepers;  ///< of the others
};

/// An operating system's thread that runs tasks, one after another.
struct Worker {
  Baton baton;
  Task* task = nullptr;
};

/// A thread of a scenario.
struct Task {
  std::uint32_t number = 0;
  Execution* execution = nullptr;
  Worker* worker = nullptr;
  std::function<void()> body;
  History history = 0;

  bool has_just_begun = true;
  std::vector<Object*> held;  ///< mutexes

  Op next = Op::begin;                               ///< what it does when its turn comes
  Object* object = nullptr;                          ///< with which
  Task* joined = nullptr;                            ///< the one that it joins
  Object* mutex = nullptr;                           ///< to be locked again after its sleep; null for an atomic's wait
  std::optional<TimePoint> deadline = std::nullopt;  ///< of its sleep

  bool is_enabled() const noexcept {
    switch (next) {
      case Op::lock:
        return object->owner == nullptr;
      case Op::join:
        return joined->next == Op::end;
      case Op::sleep:
      case Op::end:
        return false;
      default:
        return true;
    }
  }
};

}  // namespace inferqueue::explore
