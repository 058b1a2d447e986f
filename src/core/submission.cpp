// Accepting requests.
#include <string>
#include <utility>

#include <inferqueue/error.hpp>

#include "core/engine.hpp"
#include "core/work_scope.hpp"

namespace inferqueue::core {

using base::MutexLock;
using base::Ref;

namespace {

/// As WaitOptions, but never longer than until the request would expire.
WaitOptions limited(const SubmitOptions& options) {
  WaitOptions wait = options.wait;
  if (options.expires_after && (!wait.timeout || *options.expires_after < *wait.timeout))
    wait.timeout = options.expires_after;
  return wait;
}

}  // namespace

RequestId Engine::submit(Ref<Record> record, const SubmitOptions& options, MayWait may_wait) {
  prepare(*record, options);
  const Backpressure policy = options.backpressure.value_or(backpressure_);
  if (policy == Backpressure::block && may_wait == MayWait::yes && !in_callback())
    return submit_ahead(std::move(record), options);
  Todo todo;
  std::optional<SlotId> slot;
  RequestId id = 0;
  {
    const MutexLock lock(mutex_);
    throw_if_closed();
    slot = take_idle(record->source);
    if (!slot) id = put_in_line(record, policy, todo);
  }
  if (slot) return start(*slot, std::move(record), options);
  work(todo);
  return id;
}

/// For Backpressure::block: runs the record on an idle slot, or puts it in line where there is a place, or waits for
/// one of both.
RequestId Engine::submit_ahead(Ref<Record> record, const SubmitOptions& options) {
  const std::uint64_t source = record->source;
  std::optional<SlotId> slot;
  Ref<Bell> bell;
  {
    const MutexLock lock(mutex_);
    throw_if_closed();
    slot = take_idle(source);
    if (!slot && may_submit_ahead(source)) return push_ahead(record);
    if (!slot) bell = bells_.take();
  }
  if (slot) return start(*slot, std::move(record), options);
  Waiter waiter(source, std::move(bell));
  {
    WaitLimit limit(limited(options), mutex_, waiter.bell->changed);
    MutexLock lock(mutex_);
    const Bells::Loan loan(bells_, waiter.bell);  // until before the mutex is unlocked
    throw_if_closed();
    slot = take_idle(source);
    const bool waits = !slot && !may_submit_ahead(source);
    if (waits) slot = wait_in_line(waiter, limit, lock);
    if (waits && !slot) slot = take_idle(source);  // one may have come free since this thread was let in
    if (!slot) return push_ahead(record);
  }
  return start(*slot, std::move(record), options);
}

/// Not past those who block, nor into the places that are kept for others, nor where others pass it anyway.
bool Engine::may_submit_ahead(std::uint64_t source) const {
  return line_.waiters() == 0 && line_.records_ahead() + let_in_ < submit_ahead_ && may_have_slot(source);
}

/// Wakes those who block to submit when half of the places are free: once for several requests.
void Engine::let_submitters_in(Todo& todo) {
  if (line_.waiters() == 0 || line_.records_ahead() + let_in_ > submit_ahead_ / 2) return;
  while (line_.records_ahead() + let_in_ < submit_ahead_) {
    Waiter* const waiter = next_submitter();
    if (waiter == nullptr) return;
    line_.remove(*waiter);
    waiter->let_in = true;
    ++let_in_;
    todo.ring_later(waiter->bell);
  }
}

/// The first that blocks to submit and may have a slot; null where there is none.
Waiter* Engine::next_submitter() const {
  for (Place* place = line_.first(); place != nullptr; place = Line::next(*place)) {
    if (place->kind != Place::Kind::waiter || !may_have_slot(*place)) continue;
    auto* waiter = static_cast<Waiter*>(place);
    if (waiter->source) return waiter;
  }
  return nullptr;
}

RequestId Engine::start(SlotId slot, Ref<Record> record, const SubmitOptions& options) {
  RequestId id = 0;
  try {
    if (record->submitted == Clock::time_point{}) prepare(*record, options);
    backend_->bind(slot, *record);
    const MutexLock lock(mutex_);
    throw_if_closed();
    id = accept(*record, false);
    set_running(slot, std::move(record));
  } catch (...) {
    backend_->unbind(slot, *record);
    release(slot);
    throw;
  }
  Todo todo;
  Ref<Record> refused;
  std::exception_ptr error;
  launch(slot, id, refused, error, todo);
  const bool was_refused = refused.get() != nullptr;
  if (was_refused) take_back(std::move(refused), todo);
  work(todo);  // in any case: within the call others may have completed
  if (was_refused) std::rethrow_exception(error);
  return id;
}

/// What may fail before a record is accepted. Takes over the options that concern the request itself.
void Engine::prepare(Record& record, const SubmitOptions& options) {
  record.submitted = Clock::now();
  record.source = options.source;
  if (options.expires_after && *options.expires_after < Clock::time_point::max() - record.submitted)
    record.expires = record.submitted + *options.expires_after;
  record.own_thread = own_threads_ || (record.handler && record.handler->wants_own_thread());
  if (!own_threads_ && record.own_thread) make_pool(1);
  if (record.expires == Clock::time_point::max()) return;
  const MutexLock lock(threads_mutex_);
  if (!expirer_) expirer_.emplace([this] { watch_expiries(); });
}

void Engine::make_pool(std::size_t threads) {
  const MutexLock lock(threads_mutex_);
  if (pool_) return;
  pool_ = std::make_unique<CompletionPool>(threads, [this](Ref<Record> record) {
    Todo todo;
    todo.push(std::move(record));
    work(todo);
  });
}

RequestId Engine::accept(Record& record, bool waits_for_slot) {
  record.on_acceptance();
  if (in_order_) sequencer_.accepted(record, waits_for_slot);
  record.generation = ledger_.accept();
  ++statistics_.accepted;
  return record.id = ++last_id_;
}

/// Puts the record in line as the policy wants it, or throws Error(pending_full). Who gives way to it is concluded.
/// What is refused stays with the caller, who lets it go without the mutex.
RequestId Engine::put_in_line(Ref<Record>& record, Backpressure policy, Todo& todo) {
  const std::uint64_t source = record->source;
  Record* gives_way = policy == Backpressure::latest_per_source ? line_.find_source(source) : nullptr;
  if (gives_way != nullptr) {
    const RequestId id = push_in_line(record, gives_way);
    do {
      conclude_waiting(line_.take(*gives_way), Outcome::dropped, todo);
      gives_way = line_.find_source(source, id);
    } while (gives_way != nullptr);
    let_submitters_in(todo);  // what gave way may have been submitted ahead
    return id;
  }
  if (line_.records_pending() >= max_pending_) {
    if (policy == Backpressure::drop_oldest) gives_way = line_.oldest_pending();
    if (gives_way == nullptr) {
      ++statistics_.refused_full;
      throw Error(Errc::pending_full, "max_pending = " + std::to_string(max_pending_) +
                                          " requests wait for a slot already: submit fewer, or raise "
                                          "QueueOptions::max_pending");
    }
  }
  const RequestId id = push_in_line(record);
  if (gives_way != nullptr) conclude_waiting(line_.take(*gives_way), Outcome::dropped, todo);
  return id;
}

RequestId Engine::push_in_line(Ref<Record>& record, Record* before) {
  const RequestId id = accept(*record, true);
  if (record->expires != Clock::time_point::max()) expiry_changed_.notify_one();
  line_.push(std::move(record), before);
  return id;
}

RequestId Engine::push_ahead(Ref<Record>& record) {
  record->is_ahead = true;
  return push_in_line(record);
}

/// Starts the inference on a slot that is running. If that throws, and nothing has ended the run all the same, the run
/// is over: `refused` is its record, `error` what was thrown. A completion from within goes to `todo`.
void Engine::launch(SlotId slot, RequestId run, Ref<Record>& refused, std::exception_ptr& error, Todo& todo) {
  WorkScope scope(*this);
  try {
    backend_->start(slot, run);
  } catch (...) {
    error = std::current_exception();
    refused = claim_or_let_go(slot, run);
  }
  todo.append(scope.todo);
}

/// Takes back the acceptance of a record that could not be launched.
void Engine::take_back(Ref<Record> refused, Todo& todo) noexcept {
  backend_->unbind(refused->slot, *refused);
  const MutexLock lock(mutex_);
  --statistics_.accepted;
  if (in_order_) delivered(*refused, todo);
  if (ledger_.finish(refused->generation)) emptied_.notify_all();
  pass_on(refused->slot, todo);
}

}  // namespace inferqueue::core
