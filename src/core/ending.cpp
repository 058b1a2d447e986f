// How requests end otherwise than by completing, and how everything does.
#include <algorithm>
#include <string>
#include <utility>

#include <inferqueue/error.hpp>

#include "core/engine.hpp"

namespace inferqueue::core {

using base::MutexLock;
using base::Ref;

namespace {

base::Atomic<std::size_t> held_in_process{0};

/// Without running over: "for as long as it takes" may be spelt as the longest of durations.
Clock::time_point after(Clock::time_point begun, std::optional<std::chrono::nanoseconds> duration) {
  if (!duration || *duration >= Clock::time_point::max() - begun) return Clock::time_point::max();
  return begun + *duration;
}

}  // namespace

// ---- waiting and cancelling -----------------------------------------------------------------------------------------

std::vector<std::exception_ptr> Engine::wait_all(const WaitOptions& options) {
  if (in_callback()) throw Error(Errc::would_deadlock, "wait_all() in a callback would wait for that callback");
  WaitLimit limit(options, mutex_, emptied_);
  MutexLock lock(mutex_);
  const Generation generation = ledger_.close_generation();
  while (!ledger_.is_empty(generation)) {
    throw_if_reached(limit, "all requests");
    limit.wait(lock);
  }
  return ledger_.take_errors();
}

bool Engine::cancel(RequestId id) {
  if (cancel_waiting(id)) return true;
  SlotId slot = 0;
  {
    const MutexLock lock(mutex_);
    const auto runs = std::ranges::find_if(
        slots_, [&](const Slot& its) { return its.state == SlotState::running && its.request == id; });
    if (runs == slots_.end()) return false;
    slot = static_cast<SlotId>(runs - slots_.begin());
  }
  cancel_running(slot, id);
  return true;
}

bool Engine::cancel_waiting(RequestId id) {
  Todo todo;
  {
    const MutexLock lock(mutex_);
    Record* const waits = line_.find(id);
    if (waits == nullptr) return false;
    conclude_waiting(line_.take(*waits), Outcome::cancelled, todo);
    let_submitters_in(todo);
  }
  work(todo);
  return true;
}

/// Asks the device. The slot is pinned meanwhile, so that it is this run, and not the next one, that is cancelled.
void Engine::cancel_running(SlotId slot, RequestId run) noexcept {
  {
    const MutexLock lock(mutex_);
    Slot& its = slots_[slot];
    if (its.state != SlotState::running || its.request != run || its.pinned) return;
    its.pinned = true;
    its.current->cancel_requested = true;
  }
  backend_->cancel(slot);
  Todo todo;
  {
    const MutexLock lock(mutex_);
    slots_[slot].pinned = false;
    if (slots_[slot].passes_on) pass_on(slot, todo);
  }
  work(todo);
}

std::size_t Engine::cancel_line(Todo& todo) {
  std::size_t count = 0;
  for (; Record* const waits = line_.oldest_record(); ++count)
    conclude_waiting(line_.take(*waits), Outcome::cancelled, todo);
  return count;
}

// ---- closing --------------------------------------------------------------------------------------------------------

CloseResult Engine::close(CloseMode mode, const CloseLimit& limit) {
  const Clock::time_point begun = Clock::now();
  CloseResult result;
  Todo todo;
  std::vector<RequestId> runs;  // by slot; cancel_running() knows which of them run
  if (mode == CloseMode::cancel) runs.reserve(size());
  {
    const MutexLock lock(mutex_);
    closed_ = true;
    line_.close_waiters();
    idle_again_.notify_all();
    if (mode == CloseMode::cancel) {
      result.cancelled = cancel_line(todo);
      for (const Slot& slot : slots_) runs.push_back(slot.request);
    }
  }
  work(todo);
  for (SlotId slot = 0; slot < runs.size(); ++slot) cancel_running(slot, runs[slot]);
  if (!in_callback()) wait_for_the_rest(limit, begun, result);
  return result;
}

void Engine::wait_for_the_rest(const CloseLimit& limit, Clock::time_point begun, CloseResult& result) {
  const Clock::time_point deadline = after(begun, limit.timeout);
  for (;;) {
    Todo todo;
    {
      MutexLock lock(mutex_);
      if (ledger_.unfinished() == 0) return;
      const Clock::time_point now = Clock::now();
      const bool is_over = now >= deadline;
      if (is_over)
        result.abandoned += abandon_overdue(Clock::time_point::max(), todo);
      else if (limit.per_run && now - begun >= *limit.per_run)
        result.abandoned += abandon_overdue(now - *limit.per_run, todo);
      // Where every slot is leased or given up, and the one who holds the leases may be the one who closes the queue,
      // nobody will ever run what stands in line.
      if (is_over || (idle_.empty() && !any_active())) result.cancelled += cancel_line(todo);
      if (todo.empty()) {
        const Clock::time_point overdue = after(std::max(begun, oldest_run()), limit.per_run);
        emptied_.wait_until(lock, is_over ? Clock::time_point::max() : std::min(deadline, overdue));
      }
    }
    work(todo);
  }
}

bool Engine::any_active() const {
  return std::ranges::any_of(slots_, [](const Slot& slot) {
    return slot.state == SlotState::running || slot.state == SlotState::finishing || slot.submitting;
  });
}

/// When the run began that has lasted longest; time_point::max() where nothing runs.
Clock::time_point Engine::oldest_run() const {
  Clock::time_point oldest = Clock::time_point::max();
  for (const Slot& slot : slots_)
    if (slot.state == SlotState::running) oldest = std::min(oldest, slot.since);
  return oldest;
}

std::size_t Engine::abandon_overdue(Clock::time_point started_before, Todo& todo) {
  std::size_t count = 0;
  for (SlotId slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].state != SlotState::running || slots_[slot].since > started_before) continue;
    abandon(slot, todo);
    ++count;
  }
  return count;
}

// ---- abandoned requests ---------------------------------------------------------------------------------------------

/// Gives a run an outcome without its device. The slot keeps the record, and so the buffers, until the device lets go.
void Engine::abandon(SlotId slot, Todo& todo) {
  Slot& its = slots_[slot];
  const Clock::time_point now = Clock::now();
  Record& record = *its.current;
  record.outcome = Outcome::error;
  record.abandoned = true;
  record.completed = now;
  try {
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - record.started).count();
    record.error =
        std::make_exception_ptr(Error(Errc::abandoned, "request " + std::to_string(record.id) +
                                                           " was abandoned: the device had not completed it "
                                                           "after " +
                                                           std::to_string(waited) + " ms, when the queue was closed"));
  } catch (...) {
    record.error = std::current_exception();
  }
  set_state(slot, SlotState::abandoned, now);
  ++held_;
  held_in_process.fetch_add(1, std::memory_order_relaxed);
  conclude(its.current, todo);
}

/// The device has completed a run that was abandoned. Returns what it held.
Ref<Record> Engine::take_abandoned(SlotId slot, RequestId run) {
  Slot& its = slots_[slot];
  if (its.state != SlotState::abandoned || its.request != run) return {};
  return std::move(its.current);
}

/// Frees what an abandoned run has held, and counts it as held no longer after that.
void Engine::let_go(SlotId slot, Ref<Record> held) noexcept {
  backend_->unbind(slot, *held);
  held = {};
  std::function<void()> then;
  {
    const MutexLock lock(mutex_);
    held_in_process.fetch_sub(1, std::memory_order_relaxed);
    if (--held_ == 0) then = std::exchange(then_let_go_, nullptr);
  }
  if (then) then();
}

bool Engine::when_let_go(std::function<void()> then) {
  const MutexLock lock(mutex_);
  if (held_ == 0) return false;
  then_let_go_ = std::move(then);
  return true;
}

// ---- expiry ---------------------------------------------------------------------------------------------------------

/// Runs on a thread of its own, from the first request that can expire on.
void Engine::watch_expiries() noexcept {
  for (;;) {
    Todo todo;
    {
      MutexLock lock(mutex_);
      if (threads_stop_) return;
      const Clock::time_point now = Clock::now();
      while (Ref<Record> expired = line_.take_expired(now))
        conclude_waiting(std::move(expired), Outcome::expired, todo);
      if (!todo.empty()) {
        let_submitters_in(todo);
      } else {
        expiry_changed_.wait_until(lock, line_.next_expiry());
      }
    }
    work(todo);
  }
}

void Engine::stop_threads() noexcept {
  const MutexLock lock(mutex_);
  threads_stop_ = true;
  expiry_changed_.notify_one();
}

}  // namespace inferqueue::core

std::size_t inferqueue::abandoned_requests_held() noexcept {
  return core::held_in_process.load(std::memory_order_relaxed);
}
