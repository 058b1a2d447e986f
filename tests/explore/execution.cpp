#include "explore/execution.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace inferqueue::explore {
namespace {

thread_local Task* own_task = nullptr;

constexpr History of_the_beginning = 1;
constexpr TimePoint beginning{std::chrono::hours(1)};

}  // namespace

Object::Object(Kind its_kind) noexcept : kind(its_kind) {
  if (Task* const task = Execution::self()) task->execution->enrol(*this);
}

Object::~Object() {
  if (Task* const task = Execution::self()) task->execution->dismiss(*this);
}

Task* Execution::self() noexcept {
  return own_task;
}

// ---- beginning and end ----------------------------------------------------------------------------------------------

void Execution::run(const std::function<void()>& scenario) {
  tasks_.clear();
  objects_.clear();
  steps_.clear();
  now_ = beginning;
  ++number_;
  turns_ = 0;
  running_ = &add_task(scenario, of_the_beginning);
  running_->worker->baton.pass();
  over_.take();
}

Task& Execution::add_task(std::function<void()> body, History history) {
  Task& task = tasks_.emplace_back();
  task.number = static_cast<std::uint32_t>(tasks_.size());
  task.execution = this;
  task.body = std::move(body);
  task.history = history;
  task.worker = &workers_.take();
  task.worker->task = &task;
  return task;
}

void Execution::run_task(Task& task) noexcept {
  own_task = &task;
  Execution& execution = *task.execution;
  execution.note_step(Op::begin, {}, 0);
  try {
    task.body();
    task.body = nullptr;
  } catch (const std::exception& error) {
    execution.fail(std::string("an exception left a thread: ") + error.what());
  } catch (...) {
    execution.fail("an exception left a thread");
  }
  execution.end(task);
}

/// Nothing may be touched after another has the turn: it may be in the next execution already.
void Execution::end(Task& task) {
  note_step(Op::end, {}, 0);
  task.next = Op::end;
  own_task = nullptr;
  workers_.give_back(*task.worker);
  if (std::ranges::all_of(tasks_, [](const Task& other) { return other.next == Op::end; })) return over_.pass();
  Task* const next = choose_next();
  if (next == nullptr) {
    own_task = &task;
    fail(describe_blocked());
  }
  running_ = next;
  next->worker->baton.pass();
}

void Execution::fail(const std::string& what) {
  failure_ = what;
  Worker& worker = *own_task->worker;
  over_.pass();
  for (;;) worker.baton.take();  // nobody passes it again
}

// ---- turns ----------------------------------------------------------------------------------------------------------

/// Returns when the running task may do what it wants to do next.
void Execution::await_turn(Op op, Object* object, Task* joined) {
  Task& task = *running_;
  task.next = op;
  task.object = object;
  task.joined = joined;
  give_turn();
  task.object = nullptr;
}

void Execution::give_turn() {
  if (++turns_ > max_steps_) fail("no end after " + std::to_string(max_steps_) + " steps: a livelock?");
  Task& task = *running_;
  // What a thread does before its first operation nobody sees, but the threads that it makes: others can as well go on
  // before it begins.
  if (std::exchange(task.has_just_begun, false) && task.is_enabled()) return;
  Task* const next = choose_next();
  if (search_.diverged()) fail("the scenario does other things when it is run again with the same choices");
  if (next == nullptr) fail(describe_blocked());
  if (next == &task) return;
  running_ = next;
  Worker& worker = *task.worker;
  next->worker->baton.pass();
  worker.baton.take();
}

/// The first candidate is the one that runs, if it can go on, so that alternative 0 is never a preemption.
Task* Execution::choose_next() {
  for (;;) {
    candidates_.clear();
    const bool goes_on = running_->is_enabled();
    if (goes_on) candidates_.push_back(running_);
    bool time_matters = false;
    for (Task& task : tasks_) {
      if (&task != running_ && task.is_enabled()) candidates_.push_back(&task);
      time_matters = time_matters || (task.next == Op::sleep && task.deadline);
    }
    const std::size_t tasks = candidates_.size();
    if (tasks == 0 && !time_matters) return nullptr;
    std::size_t chosen = 0;
    if (const std::size_t count = tasks + (time_matters ? 1 : 0); count > 1) {
      const std::uint64_t time_costs = time_matters ? std::uint64_t{1} << tasks : 0;
      const std::uint64_t preemptions_cost = goes_on ? (std::uint64_t{1} << tasks) - 2 : 0;
      chosen = search_.choose(count, preemptions_cost | time_costs, state());
    }
    if (chosen < tasks) return candidates_[chosen];
    reach_next_deadline();
  }
}

/// Threads are named by their histories, not by their numbers, which depend on the order in which they were made.
std::uint64_t Execution::state() const {
  std::uint64_t all = 0;
  for (const Task& task : tasks_) all += join_histories(task.history, static_cast<History>(task.next));
  all = join_histories(all, static_cast<History>(now_.time_since_epoch().count()));
  return join_histories(all, running_->history);
}

void Execution::record(Op op, Object& object) {
  Task& task = *running_;
  task.history = object.history =
      join_histories(join_histories(task.history, object.history), static_cast<History>(op));
  note_step(op, object.kind, object.number);
}

// ---- objects --------------------------------------------------------------------------------------------------------

void Execution::enrol(Object& object) {
  objects_.push_back(&object);
  object.number = static_cast<std::uint32_t>(objects_.size());
  object.execution = number_;
  object.history = running_->history = join_histories(running_->history, static_cast<History>(object.kind));
}

void Execution::dismiss(Object& object) {
  if (object.number == 0) return;
  use(object);
  if (object.owner != nullptr)
    fail("a mutex is destroyed while thread " + std::to_string(object.owner->number) + " holds it");
  for (const Task& task : tasks_)
    if (task.object == &object)
      fail("an object of the seam is destroyed while thread " + std::to_string(task.number) + " is about to use it");
  objects_[object.number - 1] = nullptr;
}

/// Objects of static storage live longer than an execution: they begin each one anew.
void Execution::use(Object& object) {
  if (object.number == 0) {
    if (object.execution != number_) object.history = of_the_beginning;
    object.execution = number_;
  } else if (object.execution != number_ || object.number > objects_.size() || objects_[object.number - 1] != &object) {
    fail("an object of the seam is used after its end");
  }
}

void Execution::lock(Object& mutex) {
  use(mutex);
  if (mutex.owner == running_) fail("a thread locks a mutex that it holds");
  await_turn(Op::lock, &mutex);
  take(mutex);
}

bool Execution::try_lock(Object& mutex) {
  access(mutex, Op::write);
  if (mutex.owner != nullptr) return false;
  take(mutex);
  return true;
}

void Execution::take(Object& mutex) {
  mutex.owner = running_;
  running_->held.push_back(&mutex);
  record(Op::lock, mutex);
}

void Execution::unlock(Object& mutex) {
  use(mutex);
  if (mutex.owner != running_) fail("a thread unlocks a mutex that it doesn't hold");
  mutex.owner = nullptr;
  std::erase(running_->held, &mutex);
  record(Op::unlock, mutex);
}

void Execution::wait(Object& condition, Object& mutex, const TimePoint* deadline) {
  use(condition);
  if (condition.guard == nullptr) condition.guard = &mutex;
  if (condition.guard != &mutex) fail("a condition variable is used with two mutexes");
  await_turn(Op::wait, &condition);
  record(Op::wait, condition);
  unlock(mutex);
  if (deadline == nullptr || *deadline > now_) {
    fall_asleep(condition, &mutex, deadline);
  } else {
    await_turn(Op::lock, &mutex);
  }
  take(mutex);
}

void Execution::sleep(Object& atomic) {
  record(Op::wait, atomic);
  fall_asleep(atomic, nullptr, nullptr);
}

void Execution::fall_asleep(Object& object, Object* mutex, const TimePoint* deadline) {
  Task& task = *running_;
  object.sleepers.push_back(&task);
  task.mutex = mutex;
  task.deadline = deadline == nullptr ? std::nullopt : std::optional(*deadline);
  await_turn(Op::sleep, &object);
}

void Execution::wake(Task& task) {
  std::erase(task.object->sleepers, &task);
  task.deadline.reset();
  task.next = task.mutex != nullptr ? Op::lock : Op::read;
  task.object = task.mutex;
}

/// True if the running task holds the mutex of those who wait. Where nobody has waited yet it is taken to be the one
/// that the task holds; a wait with another fails.
bool Execution::is_guarded(Object& condition) {
  if (condition.guard == nullptr && !running_->held.empty()) condition.guard = running_->held.back();
  return condition.guard != nullptr && condition.guard->owner == running_;
}

void Execution::notify(Object& object, bool all) {
  use(object);
  const Op op = all ? Op::notify_all : Op::notify_one;
  if (object.kind != Object::Kind::condition || !is_guarded(object)) await_turn(op, &object);
  record(op, object);
  std::vector<Task*>& sleepers = object.sleepers;
  while (!sleepers.empty()) {
    std::size_t chosen = 0;
    if (!all && sleepers.size() > 1) chosen = search_.choose(sleepers.size(), 0, ~state());
    Task& woken = *sleepers[chosen];
    wake(woken);
    woken.history = join_histories(woken.history, running_->history);
    running_->history = object.history = join_histories(running_->history, woken.history);
    if (!all) return;
  }
}

void Execution::access(Object& object, Op op) {
  use(object);
  await_turn(op, &object);
  if (op == Op::write) return record(op, object);
  // What a read leaves behind is the same whichever reads come before it.
  running_->history = join_histories(running_->history, object.history);
  note_step(op, object.kind, object.number);
}

// ---- threads and time -----------------------------------------------------------------------------------------------

Task& Execution::create(std::function<void()> body) {
  running_->has_just_begun = false;
  running_->history = join_histories(running_->history, static_cast<History>(Op::create));
  Task& task = add_task(std::move(body), join_histories(running_->history, static_cast<History>(Op::begin)));
  note_step(Op::create, {}, task.number);
  return task;
}

void Execution::join(Task& task) {
  if (task.next != Op::end) await_turn(Op::join, nullptr, &task);
  running_->history = join_histories(running_->history, task.history);
  note_step(Op::join, {}, task.number);
}

TimePoint Execution::now() {
  running_->history = join_histories(running_->history, static_cast<History>(now_.time_since_epoch().count()));
  return now_;
}

void Execution::pass_time(std::chrono::nanoseconds duration) {
  now_ += duration;
  for (Task& task : tasks_) {
    if (task.next != Op::sleep || !task.deadline || *task.deadline > now_) continue;
    Object& object = *task.object;
    wake(task);
    task.history = object.history = join_histories(join_histories(task.history, object.history),
                                                   static_cast<History>(now_.time_since_epoch().count()));
    steps_.push_back({.task = task.number, .op = Op::time_out, .kind = object.kind, .with = object.number});
  }
}

void Execution::reach_next_deadline() {
  TimePoint next = TimePoint::max();
  for (const Task& task : tasks_)
    if (task.next == Op::sleep && task.deadline) next = std::min(next, *task.deadline);
  pass_time(next - now_);
}

}  // namespace inferqueue::explore
