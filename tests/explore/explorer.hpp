// Runs a scenario in every order in which its threads may come to their locks, waits, notifications and atomics.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace inferqueue::explore {

struct Options {
  /// The most preemptions of an execution: places where a thread that could go on is made to stand back. Turns that
  /// change because a thread blocks or ends are free.
  unsigned bound = 2;
  /// Explores each state once. Without it every order of steps is an execution of its own, also where no thread could
  /// tell one from the other.
  bool merge = true;
  /// A longer execution is taken for one that never ends.
  std::size_t max_steps = 20000;
};

struct Outcome {
  std::string failure;   ///< what went wrong first, with the fewest preemptions; empty if nothing did
  std::string schedule;  ///< of the execution that failed, for replay()
  std::string trace;     ///< what its threads did
  std::uint64_t executions = 0;
  std::uint64_t orders = 0;  ///< those of them with the highest bound: where nothing is merged, all are different
  std::uint64_t merged = 0;  ///< those of them that came to a state that was explored already
  unsigned bound = 0;        ///< up to which all was explored
  bool is_complete = false;  ///< a higher bound would find nothing more: these were all orders there are
};

/// Explores with the bounds 0, 1, 2… up to the one given. The scenario makes all that it uses anew, does the same
/// whenever it is run with the same turns, and joins its threads; it may be copied. Its threads use nothing that blocks
/// but what comes from src/base.
///
/// What it doesn't find: weak memory, for all atomics are sequentially consistent here; data races, for which there is
/// ThreadSanitizer; spurious wake-ups; what needs more preemptions than the bound.
///
/// After a failure the scenario's threads, and what they hold, are left as they are.
Outcome explore(const std::function<void()>& scenario, const Options& options = {});

/// Runs the scenario once, with the choices of Outcome::schedule, whatever the bound was.
Outcome replay(const std::function<void()>& scenario, const std::string& schedule, const Options& options = {});

// ---- for scenarios

/// Ends the execution as a failure if the condition doesn't hold.
void check(bool condition, const std::string& otherwise);
/// Lets time pass; a sleeper whose deadline that reaches is woken.
void pass_time(std::chrono::nanoseconds duration);

}  // namespace inferqueue::explore
