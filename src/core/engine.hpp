// The queue without a runtime: slots, leases, the line of those that wait, completion and errors.
//
// Invariants (all under mutex_):
//  1. A slot is in exactly one place: in idle_ (state idle), with a lease or a submitter (leased), with the runtime
//     (running), or with the thread that delivers its outcome (finishing).
//  2. idle_ is empty or line_ is empty: a slot that comes free goes to the first in line.
//  3. Every accepted request is counted in ledger_ from its acceptance until its callback has returned.
//  4. Only the thread that moves a slot from running to finishing delivers its outcome; any further completion of the
//     same run is ignored.
//  5. A slot's `latest` outputs are taken back only when nobody else holds that record, which nobody can begin to do
//     without the mutex.
//
// No user code (callbacks, destructors of user data) and no call of the backend but reclaim() runs under the mutex.
#pragma once

#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include <inferqueue/report.hpp>

#include "base/mutex.hpp"
#include "base/ref.hpp"
#include "core/backend.hpp"
#include "core/completion_pool.hpp"
#include "core/idle_list.hpp"
#include "core/ledger.hpp"
#include "core/record.hpp"
#include "core/wait.hpp"

namespace inferqueue::core {

/// Thread rules: every public member may be called from any thread, the destructor by the last owner.
/// On a thread that runs a callback of any queue nothing here waits: submit() puts the request in line, and what
/// would have to wait throws Error(would_deadlock). What takes WaitOptions throws TimeoutError or Error(stopped) when
/// they end the wait, and then has changed nothing.
class Engine final : private CompletionSink {
 public:
  struct SlotSnapshot {
    SlotState state;
    base::Ref<Record> latest;  ///< the latest request with an outcome; null before the first
  };

  /// Delivers outcomes on `options.callback_threads` threads of its own; with 0 on the thread that reports the
  /// completion. Of the options only that and max_pending are read here.
  Engine(std::unique_ptr<Backend> backend, const QueueOptions& options);
  /// Calls shut_down(), then destroys the backend, which waits for the runtime to let go.
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  Engine(Engine&&) = delete;
  Engine& operator=(Engine&&) = delete;

  std::size_t size() const noexcept { return backend_->size(); }
  bool is_ready() const;
  QueueReport report() const;
  /// Waits for an idle slot and returns its id without taking it.
  SlotId wait_for_idle(const WaitOptions& options = {});
  SlotSnapshot snapshot(SlotId slot) const;

  /// Takes an idle slot, waiting in line for one. Give it back with start() or release().
  SlotId acquire(const WaitOptions& options = {});
  /// The same without waiting: nothing where no slot is idle.
  std::optional<SlotId> try_acquire();
  void release(SlotId slot) noexcept;

  /// Accepts the record and runs it on a slot that the caller has acquired. If it throws, the record was refused and
  /// the slot has been released.
  RequestId start(SlotId slot, base::Ref<Record> record);
  /// acquire() and start(); in a callback, where no slot is idle, the record is accepted and put in line instead.
  RequestId submit(base::Ref<Record> record, const WaitOptions& options = {});

  /// Waits until every request accepted before the call has its outcome and its callback has returned. Takes and
  /// returns the errors that no error callback has received so far.
  std::vector<std::exception_ptr> wait_all(const WaitOptions& options = {});

  /// Refuses what comes from now on, wakes those that wait for a slot (Error(closed)), and waits for all that was
  /// accepted. Must not be called on a thread that runs a callback.
  void shut_down() noexcept;

  /// True on a thread that is running a callback of some queue.
  static bool in_callback() noexcept;

 private:
  struct Slot {
    SlotState state = SlotState::idle;
    Clock::time_point since = Clock::now();  // when it came into that state
    RequestId request = 0;                   // while it is running or finishing
    base::Ref<Record> current;
    base::Ref<Record> latest;
  };
  /// Somebody who blocks until a slot is handed over. Lives on the stack of the thread that waits.
  struct Waiter {
    base::CondVar changed;
    std::optional<SlotId> slot;
    bool closed = false;
  };
  /// One place in the line: either an accepted record or a waiter.
  struct InLine {
    base::Ref<Record> record;
    Waiter* waiter = nullptr;
  };
  void completed(SlotId slot, std::exception_ptr error) noexcept override;

  SlotId take_idle() INFERQUEUE_REQUIRES(mutex_);
  SlotId wait_in_line(Waiter& waiter, WaitLimit& limit, base::MutexLock& lock) INFERQUEUE_REQUIRES(mutex_);
  RequestId accept(Record& record) INFERQUEUE_REQUIRES(mutex_);
  void set_running(SlotId slot, base::Ref<Record> record) INFERQUEUE_REQUIRES(mutex_);
  bool claim_outcome(SlotId slot) INFERQUEUE_REQUIRES(mutex_);
  base::Ref<Record> pass_on(SlotId slot) INFERQUEUE_REQUIRES(mutex_);
  void throw_if_closed() const INFERQUEUE_REQUIRES(mutex_);
  void throw_if_reached(const WaitLimit& limit, const char* awaited) const INFERQUEUE_REQUIRES(mutex_);
  void set_state(SlotId slot, SlotState state, Clock::time_point now) INFERQUEUE_REQUIRES(mutex_);
  QueueReport report_locked() const INFERQUEUE_REQUIRES(mutex_);

  bool launch(SlotId slot, std::exception_ptr& error);
  bool run_accepted(SlotId slot, base::Ref<Record> record, std::exception_ptr& error) noexcept;
  void refuse_launched(SlotId slot) noexcept;
  void run_on(SlotId slot, base::Ref<Record> next) noexcept;
  void finish_and_continue(SlotId slot, std::exception_ptr error) noexcept;
  base::Ref<Record> finish(SlotId slot, std::exception_ptr error) noexcept;
  void fail_unrunnable() noexcept;

  const std::size_t max_pending_;
  mutable base::Mutex mutex_;
  base::CondVar emptied_;     // a generation of the ledger became empty
  base::CondVar idle_again_;  // a slot was put into idle_
  std::vector<Slot> slots_ INFERQUEUE_GUARDED_BY(mutex_);
  IdleList idle_ INFERQUEUE_GUARDED_BY(mutex_);
  std::deque<InLine> line_ INFERQUEUE_GUARDED_BY(mutex_);
  std::size_t pending_ INFERQUEUE_GUARDED_BY(mutex_) = 0;  // records in line_
  Ledger ledger_ INFERQUEUE_GUARDED_BY(mutex_);
  RequestId last_id_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  bool closed_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  // Destroyed before all of the above, which completions use: the pool joins its threads, the backend waits for the
  // runtime's.
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<CompletionPool> pool_;  // null: inline
};

}  // namespace inferqueue::core
