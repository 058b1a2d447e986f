// What is, and who has which slot.
#include "core/engine.hpp"

#include <algorithm>
#include <utility>

#include <inferqueue/error.hpp>

#include "core/delivery.hpp"

namespace inferqueue::core {

using base::MutexLock;
using base::Ref;

Engine::Engine(std::unique_ptr<Backend> backend, const QueueOptions& options)
    : max_pending_(options.max_pending),
      submit_ahead_(options.submit_ahead),
      max_backlog_(options.callback_backlog.value_or(backend->size())),
      abandon_after_(std::max(options.abandon_after, std::chrono::nanoseconds::zero())),
      backpressure_(options.backpressure),
      in_order_(options.in_order),
      own_threads_(options.callback_threads > 0),
      slots_(backend->size()),
      idle_(backend->size()),
      backend_(std::move(backend)) {
  if (own_threads_) make_pool(options.callback_threads);
  backend_->connect(*this);
}

Engine::~Engine() {
  close(CloseMode::drain, {.per_run = abandon_after_});
  stop_threads();
  if (pool_) pool_->finish();  // one of its threads may still be in a call of the backend that has started the last run
}

bool Engine::in_callback() noexcept {
  return CallbackScope::active();
}

// ---- what is --------------------------------------------------------------------------------------------------------

bool Engine::is_ready() const {
  const MutexLock lock(mutex_);
  return !idle_.empty() && !closed_;
}

QueueReport Engine::report() const {
  const MutexLock lock(mutex_);
  return report_locked();
}

QueueReport Engine::report_locked() const {
  QueueReport report;
  const Clock::time_point now = Clock::now();
  for (SlotId i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    report.slots.push_back({.slot = i, .state = slot.state, .duration = now - slot.since, .request = slot.request});
  }
  report.pending = line_.records();
  report.waiting = line_.waiters();
  report.unfinished = ledger_.unfinished();
  return report;
}

Statistics Engine::statistics() const {
  const MutexLock lock(mutex_);
  Statistics now = statistics_;
  now.unfinished = ledger_.unfinished();
  now.pending = line_.records();
  now.running = static_cast<std::size_t>(
      std::ranges::count(slots_, SlotState::running, [](const Slot& slot) { return slot.state; }));
  now.idle = idle_.size();
  now.held = held_;
  return now;
}

Engine::SlotSnapshot Engine::snapshot(SlotId slot) const {
  const MutexLock lock(mutex_);
  const Slot& found = slots_.at(slot);
  return {found.state, found.latest};
}

// ---- taking slots ---------------------------------------------------------------------------------------------------

SlotId Engine::wait_for_idle(const WaitOptions& options) {
  WaitLimit limit(options, mutex_, idle_again_);
  MutexLock lock(mutex_);
  for (;;) {
    throw_if_closed();
    if (!idle_.empty()) return idle_.front();
    if (in_callback()) throw Error(Errc::would_deadlock, "no slot is idle, and a callback must not wait for one");
    throw_if_reached(limit, "an idle slot");
    limit.wait(lock);
  }
}

SlotId Engine::acquire(const WaitOptions& options) {
  Ref<Bell> bell;
  {
    const MutexLock lock(mutex_);
    throw_if_closed();
    if (const auto slot = take_idle(std::nullopt)) return *slot;
    if (in_callback()) throw Error(Errc::would_deadlock, "no slot is idle, and a callback must not wait for one");
    bell = bells_.take();
  }
  Waiter waiter(std::nullopt, std::move(bell));
  WaitLimit limit(options, mutex_, waiter.bell->changed);
  MutexLock lock(mutex_);
  const Bells::Loan loan(bells_, waiter.bell);  // until before the mutex is unlocked
  throw_if_closed();
  if (const auto slot = take_idle(std::nullopt)) return *slot;
  return *wait_in_line(waiter, limit, lock);  // nobody is let in who can't stand in line with a record
}

std::optional<SlotId> Engine::try_acquire() {
  const MutexLock lock(mutex_);
  throw_if_closed();
  return take_idle(std::nullopt);
}

std::optional<SlotId> Engine::try_acquire_to_submit(std::uint64_t source) {
  const MutexLock lock(mutex_);
  throw_if_closed();
  return take_idle(source);
}

void Engine::release(SlotId slot) noexcept {
  Todo todo;
  {
    const MutexLock lock(mutex_);
    pass_on(slot, todo);
  }
  work(todo);
}

/// Nothing where no slot is idle, or this source may not have it.
std::optional<SlotId> Engine::take_idle(Source source) {
  if (idle_.empty() || !may_have_slot(source)) return std::nullopt;
  const SlotId slot = idle_.pop();
  set_state(slot, SlotState::leased, Clock::now());
  slots_[slot].submitting = source.has_value();
  return slot;
}

/// A source whose earliest request stands still takes no slots from others, nor more and more memory.
bool Engine::may_have_slot(Source source) const {
  return !in_order_ || !source || sequencer_.parked(*source) <= max_backlog_;
}

bool Engine::may_have_slot(const Place& place) const {
  if (!in_order_) return true;
  if (place.kind == Place::Kind::waiter) return may_have_slot(static_cast<const Waiter&>(place).source);
  const auto& record = static_cast<const Record&>(place);
  return sequencer_.is_first(record) || may_have_slot(record.source);
}

/// The first who may have a slot; null where nobody may.
Place* Engine::next_in_line() const {
  Place* place = line_.first();
  while (place != nullptr && !may_have_slot(*place)) place = Line::next(*place);
  return place;
}

/// Nothing if the waiter has been let in.
std::optional<SlotId> Engine::wait_in_line(Waiter& waiter, WaitLimit& limit, MutexLock& lock) {
  line_.push(waiter);
  while (!waiter.slot && !waiter.let_in && !waiter.closed) {
    try {
      throw_if_reached(limit, "an idle slot");
    } catch (...) {
      ++statistics_.refused_timed_out;
      line_.remove(waiter);
      Todo todo;  // those behind may have stood in line only because this one did
      let_submitters_in(todo);
      todo.ring();
      throw;
    }
    limit.wait(lock);
  }
  if (waiter.let_in) --let_in_;
  if (!waiter.slot) throw_if_closed();
  return waiter.slot;
}

/// Hands a slot that nobody uses any more to the first in line who may have it, or puts it back. What is to be done for
/// that, without the mutex, goes to `todo`.
void Engine::pass_on(SlotId slot, Todo& todo) {
  Slot& its = slots_[slot];
  its.passes_on = its.pinned;
  if (its.pinned) return;
  const Clock::time_point now = Clock::now();
  Place* first = next_in_line();
  for (; first != nullptr && first->kind == Place::Kind::record; first = next_in_line()) {
    auto& record = static_cast<Record&>(*first);
    if (record.expires > now) break;
    conclude_waiting(line_.take(record), Outcome::expired, todo);
  }
  if (first == nullptr) {
    set_state(slot, SlotState::idle, now);
    idle_.push(slot);
    idle_again_.notify_all();
  } else if (first->kind == Place::Kind::record) {
    Ref<Record> record = line_.take(static_cast<Record&>(*first));
    if (in_order_) sequencer_.no_longer_waits(*record);
    set_running(slot, record);
    todo.push_start(std::move(record));
    let_submitters_in(todo);
  } else {
    auto& waiter = static_cast<Waiter&>(*first);
    line_.remove(waiter);
    set_state(slot, SlotState::leased, now);
    its.submitting = waiter.source.has_value();
    waiter.slot = slot;
    todo.ring_later(waiter.bell);
  }
}

/// Some in line may have slots now that were not for them before.
void Engine::pass_idle_on(Todo& todo) {
  while (!idle_.empty() && next_in_line() != nullptr) pass_on(idle_.pop(), todo);
}

void Engine::set_running(SlotId slot, Ref<Record> record) {
  Slot& its = slots_[slot];
  its.submitting = false;
  its.current = std::move(record);
  its.current->slot = slot;
  its.current->started = Clock::now();
  set_state(slot, SlotState::running, its.current->started);
  its.request = its.current->id;
  if (closed_) emptied_.notify_all();  // whoever closes the queue may give up this run when it has taken too long
  if (its.latest && its.latest->unique()) backend_->reclaim(slot, *its.latest);
}

void Engine::set_state(SlotId slot, SlotState state, Clock::time_point now) {
  Slot& its = slots_[slot];
  its.state = state;
  its.since = now;
  if (state == SlotState::idle || state == SlotState::leased) its.request = 0;
}

void Engine::throw_if_closed() {
  if (!closed_) return;
  ++statistics_.refused_closed;
  throw Error(Errc::closed, "the queue is closed: nothing more can be submitted");
}

void Engine::throw_if_reached(const WaitLimit& limit, const char* awaited) {
  if (limit.is_stopped()) throw Error(Errc::stopped, std::string("the wait for ") + awaited + " was stopped");
  if (limit.is_over()) throw TimeoutError(limit.waited(), awaited, report_locked());
}

}  // namespace inferqueue::core
