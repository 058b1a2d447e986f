#include "core/engine.hpp"

#include <algorithm>
#include <utility>

#include <inferqueue/error.hpp>

#include "core/delivery.hpp"
#include "core/start_frame.hpp"

namespace inferqueue::core {
namespace {

using base::MutexLock;
using base::Ref;

}  // namespace

Engine::Engine(std::unique_ptr<Backend> backend, const QueueOptions& options)
    : max_pending_(options.max_pending), slots_(backend->size()), idle_(backend->size()), backend_(std::move(backend)) {
  if (options.callback_threads > 0)
    pool_ = std::make_unique<CompletionPool>(
        options.callback_threads, size(),
        [this](SlotId slot, std::exception_ptr error) { finish_and_continue(slot, std::move(error)); });
  backend_->connect(*this);
}

Engine::~Engine() {
  shut_down();
}

bool Engine::in_callback() noexcept {
  return CallbackScope::active();
}

// ---- taking slots ---------------------------------------------------------------------------------------------------

bool Engine::is_ready() const {
  const MutexLock lock(mutex_);
  return !idle_.empty();
}

SlotId Engine::wait_for_idle(const WaitOptions& options) {
  WaitLimit limit(options, mutex_, idle_again_);
  MutexLock lock(mutex_);
  while (idle_.empty()) {
    throw_if_closed();
    if (in_callback()) throw Error(Errc::would_deadlock, "no slot is idle, and a callback must not wait for one");
    throw_if_reached(limit, "an idle slot");
    limit.wait(lock);
  }
  return idle_.front();
}

void Engine::set_state(SlotId slot, SlotState state, Clock::time_point now) {
  Slot& its = slots_[slot];
  its.state = state;
  its.since = now;
  if (state == SlotState::idle || state == SlotState::leased) its.request = 0;
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
  report.pending = pending_;
  report.waiting = line_.size() - pending_;
  report.unfinished = ledger_.unfinished();
  return report;
}

Engine::SlotSnapshot Engine::snapshot(SlotId slot) const {
  const MutexLock lock(mutex_);
  const Slot& found = slots_.at(slot);
  return {found.state, found.latest};
}

SlotId Engine::acquire(const WaitOptions& options) {
  Waiter waiter;
  WaitLimit limit(options, mutex_, waiter.changed);
  MutexLock lock(mutex_);
  throw_if_closed();
  if (!idle_.empty()) return take_idle();
  if (in_callback()) throw Error(Errc::would_deadlock, "no slot is idle, and a callback must not wait for one");
  return wait_in_line(waiter, limit, lock);
}

std::optional<SlotId> Engine::try_acquire() {
  const MutexLock lock(mutex_);
  throw_if_closed();
  if (idle_.empty()) return std::nullopt;
  return take_idle();
}

void Engine::release(SlotId slot) noexcept {
  Ref<Record> next;
  {
    const MutexLock lock(mutex_);
    next = pass_on(slot);
  }
  run_on(slot, std::move(next));
}

SlotId Engine::take_idle() {
  const SlotId slot = idle_.pop();
  set_state(slot, SlotState::leased, Clock::now());
  return slot;
}

SlotId Engine::wait_in_line(Waiter& waiter, WaitLimit& limit, MutexLock& lock) {
  line_.push_back({.record = {}, .waiter = &waiter});
  while (!waiter.slot && !waiter.closed) {
    try {
      throw_if_reached(limit, "an idle slot");
    } catch (...) {
      std::erase_if(line_, [&](const InLine& place) { return place.waiter == &waiter; });
      throw;
    }
    limit.wait(lock);
  }
  if (!waiter.slot) throw_if_closed();
  return *waiter.slot;
}

/// Hands a slot that nobody uses any more to the first in line, or puts it back. Returns the record that the caller
/// has to run on it now, if that is what was first.
Ref<Record> Engine::pass_on(SlotId slot) {
  const Clock::time_point now = Clock::now();
  if (line_.empty()) {
    set_state(slot, SlotState::idle, now);
    idle_.push(slot);
    idle_again_.notify_all();
    return {};
  }
  set_state(slot, SlotState::leased, now);
  InLine first = std::move(line_.front());
  line_.pop_front();
  if (first.waiter == nullptr) {
    --pending_;
    return std::move(first.record);
  }
  // Under the mutex, because the waiter, once it sees its slot, returns and takes the condition variable with it.
  first.waiter->slot = slot;
  first.waiter->changed.notify_one();
  return {};
}

void Engine::throw_if_closed() const {
  if (closed_) throw Error(Errc::closed, "the queue is being destroyed: nothing more can be submitted");
}

void Engine::throw_if_reached(const WaitLimit& limit, const char* awaited) const {
  if (limit.is_stopped()) throw Error(Errc::stopped, std::string("the wait for ") + awaited + " was stopped");
  if (limit.is_over()) throw TimeoutError(limit.waited(), awaited, report_locked());
}

// ---- submission -----------------------------------------------------------------------------------------------------

RequestId Engine::submit(Ref<Record> record, const WaitOptions& options) {
  if (!in_callback()) return start(acquire(options), std::move(record));
  SlotId slot = 0;
  {
    const MutexLock lock(mutex_);
    throw_if_closed();
    if (idle_.empty()) {
      if (pending_ == max_pending_)
        throw Error(Errc::pending_full, "max_pending = " + std::to_string(max_pending_) +
                                            " requests wait for a slot already: submit fewer from callbacks, or "
                                            "raise QueueOptions::max_pending");
      line_.push_back({.record = std::move(record), .waiter = nullptr});
      ++pending_;
      return accept(*line_.back().record);
    }
    slot = take_idle();
  }
  return start(slot, std::move(record));
}

RequestId Engine::start(SlotId slot, Ref<Record> record) {
  RequestId id = 0;
  try {
    backend_->bind(slot, *record);
    const MutexLock lock(mutex_);
    throw_if_closed();
    id = accept(*record);
    set_running(slot, std::move(record));
  } catch (...) {
    backend_->unbind(slot, *record);
    release(slot);
    throw;
  }
  try {
    std::exception_ptr error;
    if (launch(slot, error)) finish_and_continue(slot, std::move(error));
  } catch (...) {
    refuse_launched(slot);
    throw;
  }
  return id;
}

RequestId Engine::accept(Record& record) {
  record.generation = ledger_.accept();
  return record.id = ++last_id_;
}

/// The slot has the only reference from here on: a copy that lives on would keep the outputs from being reclaimed.
void Engine::set_running(SlotId slot, Ref<Record> record) {
  Slot& its = slots_[slot];
  its.current = std::move(record);
  its.current->slot = slot;
  its.current->started = Clock::now();
  its.request = its.current->id;
  set_state(slot, SlotState::running, its.current->started);
  if (its.latest && its.latest->unique()) backend_->reclaim(slot, *its.latest);
}

/// Starts the inference on a slot that is running. Returns true if it has completed within the call: then the caller
/// has to finish it, with `error`. If it throws, nothing runs, and the slot is finishing.
bool Engine::launch(SlotId slot, std::exception_ptr& error) {
  const StartFrame frame(*this, slot);
  try {
    backend_->start(slot);
  } catch (...) {
    const MutexLock lock(mutex_);
    if (claim_outcome(slot)) throw;
    // The backend has reported a completion all the same, and that is the outcome.
  }
  error = frame.error();
  return frame.completed();
}

/// Takes back the acceptance of a record that could not be launched.
void Engine::refuse_launched(SlotId slot) noexcept {
  Ref<Record> refused;
  {
    const MutexLock lock(mutex_);
    refused = std::move(slots_[slot].current);
    if (ledger_.finish(refused->generation)) emptied_.notify_all();
  }
  backend_->unbind(slot, *refused);
  release(slot);
}

// ---- completion -----------------------------------------------------------------------------------------------------

void Engine::completed(SlotId slot, std::exception_ptr error) noexcept {
  {
    const MutexLock lock(mutex_);
    if (!claim_outcome(slot)) return;
  }
  if (pool_) return pool_->post(slot, std::move(error));
  if (StartFrame::take_over(*this, slot, error)) return;
  finish_and_continue(slot, std::move(error));
}

bool Engine::claim_outcome(SlotId slot) {
  Slot& its = slots_[slot];
  if (its.state != SlotState::running) return false;
  its.current->completed = Clock::now();
  set_state(slot, SlotState::finishing, its.current->completed);
  return true;
}

/// Finishes a slot's request, and then runs what stands in line for as long as each one is finished at once.
void Engine::finish_and_continue(SlotId slot, std::exception_ptr error) noexcept {
  const CallbackScope scope;
  while (Ref<Record> next = finish(slot, std::move(error)))
    if (!run_accepted(slot, std::move(next), error)) return;
}

/// Delivers the outcome, frees the slot, and returns the record to run on it next, if there is one.
Ref<Record> Engine::finish(SlotId slot, std::exception_ptr error) noexcept {
  Ref<Record> record;
  {
    const MutexLock lock(mutex_);
    record = std::move(slots_[slot].current);
  }
  if (!error) {
    try {
      backend_->collect(slot, *record);
    } catch (...) {
      error = std::current_exception();
    }
  }
  backend_->unbind(slot, *record);
  record->error = std::move(error);
  std::exception_ptr unheard = deliver(*record);

  Ref<Record> previous;  // let go after the mutex: it may run destructors of user data
  const MutexLock lock(mutex_);
  if (unheard) ledger_.add_error(std::move(unheard));
  if (ledger_.finish(record->generation)) emptied_.notify_all();
  previous = std::exchange(slots_[slot].latest, std::move(record));
  return pass_on(slot);
}

/// Binds and starts a record that was accepted before it had a slot. Returns true if it has an outcome already: then
/// the slot is finishing.
bool Engine::run_accepted(SlotId slot, Ref<Record> record, std::exception_ptr& error) noexcept {
  error = nullptr;
  bool bound = false;
  try {
    backend_->bind(slot, *record);
    bound = true;
  } catch (...) {
    error = std::current_exception();
  }
  {
    const MutexLock lock(mutex_);
    set_running(slot, std::move(record));
    if (!bound) return claim_outcome(slot);
  }
  try {
    return launch(slot, error);
  } catch (...) {
    error = std::current_exception();
    return true;
  }
}

void Engine::run_on(SlotId slot, Ref<Record> next) noexcept {
  if (!next) return;
  std::exception_ptr error;
  if (run_accepted(slot, std::move(next), error)) finish_and_continue(slot, std::move(error));
}

// ---- waiting and closing --------------------------------------------------------------------------------------------

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

void Engine::shut_down() noexcept {
  {
    const MutexLock lock(mutex_);
    closed_ = true;
    for (const InLine& place : line_) {
      if (place.waiter == nullptr) continue;
      place.waiter->closed = true;
      place.waiter->changed.notify_one();
    }
    std::erase_if(line_, [](const InLine& place) { return place.waiter != nullptr; });
    idle_again_.notify_all();
  }
  fail_unrunnable();
  MutexLock lock(mutex_);
  while (ledger_.unfinished() != 0) emptied_.wait(lock);
}

/// Where every slot is leased, and the one who holds the leases may be the one who destroys the queue, nobody will
/// ever run what stands in line: those requests get Error(closed).
void Engine::fail_unrunnable() noexcept {
  const CallbackScope scope;
  for (;;) {
    Ref<Record> record;
    {
      const MutexLock lock(mutex_);
      const bool any_active = std::ranges::any_of(slots_, [](const Slot& slot) {
        return slot.state == SlotState::running || slot.state == SlotState::finishing;
      });
      if (any_active || line_.empty()) return;
      record = std::move(line_.front().record);
      line_.pop_front();
      --pending_;
    }
    record->error = std::make_exception_ptr(Error(Errc::closed, "the queue was destroyed while all slots were leased"));
    std::exception_ptr unheard = deliver(*record);
    const MutexLock lock(mutex_);
    if (unheard) ledger_.add_error(std::move(unheard));
    if (ledger_.finish(record->generation)) emptied_.notify_all();
  }
}

}  // namespace inferqueue::core
