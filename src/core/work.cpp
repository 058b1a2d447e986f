// From a completion to the callback's return. What there is to do stands in a list and is done step by step, so that
// nothing nests: a callback that submits, a start that completes at once, a record that lets another one through.
#include <string>
#include <utility>

#include <inferqueue/error.hpp>

#include "core/delivery.hpp"
#include "core/engine.hpp"
#include "core/work_scope.hpp"

namespace inferqueue::core {

using base::MutexLock;
using base::Ref;

namespace {

std::exception_ptr error_of(Errc code, RequestId id, const char* what) noexcept {
  try {
    return std::make_exception_ptr(Error(code, "request " + std::to_string(id) + ' ' + what));
  } catch (...) {
    return std::current_exception();  // no memory for the message
  }
}

}  // namespace

void Engine::completed(SlotId slot, RequestId run, std::exception_ptr error) noexcept {
  const CallbackScope scope;  // user data may be destroyed below, and with it whatever it owns
  Todo todo;
  end_run(slot, run, std::move(error), todo);
  work(todo);
}

void Engine::end_run(SlotId slot, RequestId run, std::exception_ptr error, Todo& todo) noexcept {
  Ref<Record> record = claim_or_let_go(slot, run);
  if (!record) return;
  record->error = std::move(error);
  todo.push(std::move(record));
}

/// The device is done with a run. Returns its record if nobody has ended it yet. If it was abandoned, the device lets
/// go of what it held.
Ref<Record> Engine::claim_or_let_go(SlotId slot, RequestId run) noexcept {
  Ref<Record> held;  // let go without the mutex: with it go the inputs, whose memory may be the user's
  {
    const MutexLock lock(mutex_);
    if (Ref<Record> record = claim(slot, run)) return record;
    held = take_abandoned(slot, run);
  }
  if (held) let_go(slot, std::move(held));
  return {};
}

/// Takes the record out of a slot that is running it; null if it isn't.
Ref<Record> Engine::claim(SlotId slot, RequestId run) {
  Slot& its = slots_[slot];
  if (its.state != SlotState::running || its.request != run) return {};
  its.current->completed = Clock::now();
  its.current->step = Record::Step::unload;
  set_state(slot, SlotState::finishing, its.current->completed);
  return std::move(its.current);
}

/// Does what is on the list, and what comes up meanwhile.
void Engine::work(Todo& todo) noexcept {
  todo.ring();
  if (todo.empty()) return;
  if (WorkScope* const outer = WorkScope::of(*this)) return outer->todo.append(todo);
  const CallbackScope no_waits;  // not only in callbacks: user data is destroyed here too
  WorkScope scope(*this);
  scope.todo.append(todo);
  while (!scope.todo.empty()) {
    if (Ref<Record> to_start = scope.todo.pop_start()) {  // first: so the device has something to do meanwhile
      bind_and_start(std::move(to_start), scope.todo);
    } else {
      Ref<Record> record = scope.todo.pop();
      if (record->step == Record::Step::unload)
        unload(std::move(record), scope.todo);
      else
        hand_over(std::move(record), scope.todo);
    }
    scope.todo.ring();
  }
}

/// For a record that was accepted before it had a slot, and whose slot is running.
void Engine::bind_and_start(Ref<Record> record, Todo& todo) noexcept {
  const SlotId slot = record->slot;
  const RequestId run = record->id;
  std::exception_ptr error;
  try {
    backend_->bind(slot, *record);
  } catch (...) {
    error = std::current_exception();
  }
  record = {};  // or its outputs could not be taken back in time for the next run
  if (error) return end_run(slot, run, std::move(error), todo);
  Ref<Record> failed;
  launch(slot, run, failed, error, todo);
  if (!failed) return;
  failed->error = std::move(error);
  todo.push(std::move(failed));
}

/// Takes the outputs out of the slot, which then goes on to the next request or waits for this one's callback.
void Engine::unload(Ref<Record> record, Todo& todo) noexcept {
  const SlotId slot = record->slot;
  if (!record->error) {
    try {
      backend_->collect(slot, *record);
    } catch (...) {
      record->error = std::current_exception();
    }
  }
  backend_->unbind(slot, *record);
  if (record->error) record->outcome = Outcome::error;
  if (record->error && record->cancel_requested && backend_->is_cancellation(record->error)) {
    record->outcome = Outcome::cancelled;
    record->error = error_of(Errc::cancelled, record->id, "was cancelled while it ran");
  }
  record->holds_slot = true;
  record->step = Record::Step::hand_over;
  if (!in_order_ && !record->own_thread) return todo.push(std::move(record));  // as below, without the mutex
  const MutexLock lock(mutex_);
  const bool is_its_turn = !in_order_ || sequencer_.is_first(*record);
  record->holds_slot = !(is_its_turn ? record->own_thread && backlog_ < max_backlog_ : may_be_parked(*record));
  record->in_backlog = is_its_turn && !record->holds_slot;
  if (record->in_backlog) ++backlog_;
  const bool leaves = !record->holds_slot;
  conclude(std::move(record), todo);
  if (leaves) pass_on(slot, todo);
}

/// Without its slot. Of a source that is served in order no more than this are ever under way, but for leases, which
/// are started in any case.
bool Engine::may_be_parked(const Record& record) const {
  return sequencer_.parked(record.source) < max_backlog_ + size() || sequencer_.anyone_waits(record);
}

/// The record has its outcome, which is to be delivered when it is its turn.
void Engine::conclude(Ref<Record> record, Todo& todo) {
  record->step = Record::Step::hand_over;
  if (in_order_)
    sequencer_.ready(std::move(record), todo);
  else
    todo.push(std::move(record));
}

/// The same for a record that was taken out of the line.
void Engine::conclude_waiting(Ref<Record> record, Outcome outcome, Todo& todo) {
  record->outcome = outcome;
  if (outcome == Outcome::expired)
    record->error = error_of(Errc::expired, record->id, "expired while it waited for a slot");
  else if (outcome == Outcome::dropped)
    record->error = error_of(Errc::dropped, record->id, "gave way to a later one while it waited for a slot");
  else
    record->error = error_of(Errc::cancelled, record->id, "was cancelled while it waited for a slot");
  if (in_order_) sequencer_.no_longer_waits(*record);
  conclude(std::move(record), todo);
}

/// Delivers the outcome, here or on the queue's own threads.
void Engine::hand_over(Ref<Record> record, Todo& todo) noexcept {
  if (record->own_thread && !record->posted) {
    record->posted = true;
    return pool_->post(std::move(record));
  }
  const Clock::time_point began = Clock::now();
  std::exception_ptr unheard = deliver(*record);
  settle(std::move(record), std::move(unheard), began, todo);
}

/// After the callback: the books, and the slot that has waited for it.
void Engine::settle(Ref<Record> record, std::exception_ptr unheard, Clock::time_point began, Todo& todo) noexcept {
  const Clock::duration callback = Clock::now() - began;
  Ref<Record> previous;  // let go after the mutex, as `record`: they may run destructors of user data
  const MutexLock lock(mutex_);
  if (unheard) ledger_.add_error(std::move(unheard));
  count(*record, callback);
  if (in_order_) delivered(*record, todo);
  if (ledger_.finish(record->generation)) emptied_.notify_all();
  if (record->slot == Record::no_slot || record->abandoned) return;
  const SlotId slot = record->slot;
  const bool holds_slot = record->holds_slot;
  const bool in_backlog = record->in_backlog;
  Ref<Record>& latest = slots_[slot].latest;
  if (!latest || latest->id < record->id) previous = std::exchange(latest, std::move(record));
  if (in_backlog) --backlog_;
  if (holds_slot) pass_on(slot, todo);
}

/// The next of its source may follow, and others of it may have slots again.
void Engine::delivered(const Record& record, Todo& todo) {
  sequencer_.done(record, todo);
  pass_idle_on(todo);
  let_submitters_in(todo);
}

void Engine::count(const Record& record, Clock::duration callback) {
  switch (record.outcome) {
    case Outcome::value:
      ++statistics_.values;
      break;
    case Outcome::error:
      ++statistics_.errors;
      break;
    case Outcome::cancelled:
      ++statistics_.cancelled;
      break;
    case Outcome::expired:
      ++statistics_.expired;
      break;
    case Outcome::dropped:
      ++statistics_.dropped;
      break;
  }
  if (record.abandoned) ++statistics_.abandoned;
  if (record.slot == Record::no_slot || record.abandoned) return;
  statistics_.wait.record(record.started - record.submitted);
  statistics_.service.record(record.completed - record.started);
  statistics_.callback.record(callback);
}

}  // namespace inferqueue::core
