// One run of a scenario in which a scheduler decides who goes on at every step.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "explore/search.hpp"
#include "explore/task.hpp"
#include "explore/workers.hpp"

namespace inferqueue::explore {

/// Runs a scenario's threads one at a time. Each stops before every operation on an object of the seam and lets the
/// search choose who goes on; what lies between two operations is one step. No places to stop are those where all that
/// others can do instead they can as well do later: before an unlock; before a notification under the mutex of those
/// who wait; before the join of a thread that has ended; before a thread's first operation, once it has begun.
///
/// Time stands still. It goes on, to the next deadline of a sleeper, when nobody else can run, or where the search
/// chooses it before, which costs as much as a preemption.
///
/// Thread rules: one thread calls run(); the rest is for the task whose turn it is.
class Execution {
 public:
  Execution(Search& search, Workers& workers, std::size_t max_steps)
      : search_(search), workers_(workers), max_steps_(max_steps) {}

  /// Returns when all threads of the scenario have ended, or after a failure: then they stand still for ever, so that
  /// nothing of the scenario, this execution or its workers may be destroyed any more.
  void run(const std::function<void()>& scenario);
  /// What went wrong; empty if nothing did.
  const std::string& failure() const noexcept { return failure_; }
  /// What every thread did, a line for every stretch in which one ran.
  std::string trace() const;

  /// The task that calls; null on a thread that no execution controls.
  static Task* self() noexcept;
  /// For workers.
  static void run_task(Task& task) noexcept;

  // ---- for objects of the seam
  void enrol(Object& object);
  void dismiss(Object& object);
  void lock(Object& mutex);
  bool try_lock(Object& mutex);
  void unlock(Object& mutex);
  /// Sleeps without the mutex until a notification, or until the deadline if there is one.
  void wait(Object& condition, Object& mutex, const TimePoint* deadline);
  /// Sleeps until a notification. No other thread comes between this and the access before it.
  void sleep(Object& atomic);
  void notify(Object& object, bool all);
  /// An atomic read, or a read and write: the caller does it, at once after this returns.
  void access(Object& object, Op op);
  Task& create(std::function<void()> body);
  void join(Task& task);
  TimePoint now();
  /// Lets time pass although nobody waits for it.
  void pass_time(std::chrono::nanoseconds duration);
  [[noreturn]] void fail(const std::string& what);

 private:
  struct Step {
    std::uint32_t task;
    Op op;
    Object::Kind kind;
    std::uint32_t with;  // the number of the object or of the task
  };

  Task& add_task(std::function<void()> body, History history);
  void await_turn(Op op, Object* object, Task* joined = nullptr);
  void use(Object& object);
  void take(Object& mutex);
  bool is_guarded(Object& condition);
  void give_turn();
  void fall_asleep(Object& object, Object* mutex, const TimePoint* deadline);
  Task* choose_next();
  std::uint64_t state() const;
  void wake(Task& task);
  void reach_next_deadline();
  void end(Task& task);
  /// The running task has done something that depends on the object, and changed it.
  void record(Op op, Object& object);
  void note_step(Op op, Object::Kind kind, std::uint32_t with);
  std::string describe_blocked() const;

  Search& search_;
  Workers& workers_;
  const std::size_t max_steps_;
  std::deque<Task> tasks_;
  std::vector<Object*> objects_;  // by number - 1; null when they are gone
  std::vector<Task*> candidates_;
  std::vector<Step> steps_;
  Task* running_ = nullptr;
  TimePoint now_;
  std::uint64_t number_ = 0;
  std::size_t turns_ = 0;
  std::string failure_;
  Baton over_;
};

}  // namespace inferqueue::explore
