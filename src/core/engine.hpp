// The queue without a runtime: slots, leases, the line of those that wait, outcomes and errors.
//
// Invariants (all under mutex_):
//  1. A slot is in exactly one place: in idle_ (state idle), with a lease or a submitter (leased), with the runtime
//     (running), with whoever delivers its outcome (finishing), or given up for good (abandoned).
//  2. Where idle_ isn't empty nobody in line_ may have a slot: one that comes free goes to the first who may.
//  3. Every accepted request is counted in ledger_ from its acceptance until its callback has returned, and is then
//     counted once in statistics_.
//  4. A run is ended once: by the one who takes `current` out of its running slot, or abandons it. Any other completion
//     of the same run is ignored.
//  5. A slot's `latest` outputs are taken back only when nobody else holds that record, which nobody can begin to do
//     without the mutex.
//  6. Places in line that are kept for submitters who have been let in (let_in_) and the records that were submitted
//     ahead are at most submit_ahead_ together. Who is let in is on his way, and waits for nothing.
//  7. At most max_backlog_ records whose turn it is have left their slots before they are delivered; beyond that they
//     keep them. Those that wait for an earlier one of their source leave in any case, but for leases that are started
//     beyond all bounds; and while more than max_backlog_ of a source do, none of its others may have a slot.
//
// No user code (callbacks, destructors of user data) and no call of the backend but reclaim() runs under the mutex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <inferqueue/report.hpp>
#include <inferqueue/statistics.hpp>

#include "base/mutex.hpp"
#include "base/ref.hpp"
#include "base/thread.hpp"
#include "core/backend.hpp"
#include "core/bell.hpp"
#include "core/completion_pool.hpp"
#include "core/idle_list.hpp"
#include "core/ledger.hpp"
#include "core/line.hpp"
#include "core/record.hpp"
#include "core/record_list.hpp"
#include "core/sequencer.hpp"
#include "core/wait.hpp"

namespace inferqueue::core {

/// How long close() may take. Neither set: as long as it takes.
struct CloseLimit {
  std::optional<std::chrono::nanoseconds> timeout = std::nullopt;  ///< for all
  std::optional<std::chrono::nanoseconds> per_run = std::nullopt;  ///< for each inference, from its start
};

/// Thread rules: every public member may be called from any thread, the destructor by the last owner.
/// On a thread that runs a callback of any queue nothing here waits: submit() puts the request in line, and what
/// would have to wait throws Error(would_deadlock). What takes WaitOptions throws TimeoutError or Error(stopped) when
/// they end the wait, and then has changed nothing. After close(), what takes slots or submits throws Error(closed).
class Engine final : private CompletionSink {
 public:
  struct SlotSnapshot {
    SlotState state;
    base::Ref<Record> latest;  ///< the latest request with an outcome; null before the first
  };
  enum class MayWait : bool { no, yes };

  /// Of the options `jobs` is not read here.
  Engine(std::unique_ptr<Backend> backend, const QueueOptions& options);
  /// Closes like close(drain, {.per_run = abandon_after}), then destroys the backend, which waits for the runtime to
  /// let go: see when_let_go().
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  Engine(Engine&&) = delete;
  Engine& operator=(Engine&&) = delete;

  // ---- what is (engine.cpp)
  std::size_t size() const noexcept { return backend_->size(); }
  bool is_ready() const;
  QueueReport report() const;
  Statistics statistics() const;
  SlotSnapshot snapshot(SlotId slot) const;

  // ---- slots (engine.cpp)
  /// Waits for an idle slot and returns its id without taking it.
  SlotId wait_for_idle(const WaitOptions& options = {});
  /// Takes an idle slot, waiting in line for one. Give it back with start() or release().
  SlotId acquire(const WaitOptions& options = {});
  /// The same without waiting: nothing where no slot is idle.
  std::optional<SlotId> try_acquire();
  /// The same for a submission of that source, which will soon start or release the slot: nothing either where the
  /// source may have none, because too many of its requests wait for an earlier one.
  std::optional<SlotId> try_acquire_to_submit(std::uint64_t source);
  void release(SlotId slot) noexcept;

  // ---- submission (submission.cpp)
  /// Accepts the record and runs it on a slot that the caller has acquired. If it throws, the record was refused and
  /// the slot has been released. Of the options only `source` is read.
  RequestId start(SlotId slot, base::Ref<Record> record, const SubmitOptions& options = {});
  /// Runs the record on an idle slot, or does what the backpressure policy says. Where it may not wait, and in a
  /// callback, Backpressure::block means reject.
  RequestId submit(base::Ref<Record> record, const SubmitOptions& options = {}, MayWait may_wait = MayWait::yes);

  // ---- ending (ending.cpp)
  /// Waits until every request accepted before the call has its outcome and its callback has returned. Takes and
  /// returns the errors that nobody else has received so far.
  std::vector<std::exception_ptr> wait_all(const WaitOptions& options = {});
  /// Cancels a request that waits for a slot; asks the device to cancel one that runs. False if it does neither.
  bool cancel(RequestId id);
  /// Refuses what comes from now on, wakes those that wait for a slot (Error(closed)), and waits for all that was
  /// accepted; in a callback it doesn't wait. When a limit is reached, what the device hasn't completed is abandoned,
  /// and what waits for a slot is cancelled. Callbacks that run are waited for in any case.
  CloseResult close(CloseMode mode, const CloseLimit& limit);
  /// Calls `then` once, when the device has let go of every abandoned request, on the thread on which it does. False if
  /// there is none: then nothing is called. For after close().
  bool when_let_go(std::function<void()> then);

  /// True on a thread that is running a callback of some queue.
  static bool in_callback() noexcept;

 private:
  struct Slot {
    SlotState state = SlotState::idle;
    Clock::time_point since = Clock::now();  // when it came into that state
    RequestId request = 0;                   // while it is running, finishing or abandoned
    base::Ref<Record> current;               // while it is running; abandoned: until the device lets go
    base::Ref<Record> latest;
    bool submitting = false;  // leased by a submission, which will soon start or release it
    bool pinned = false;      // its device is being asked to cancel: it must not go on meanwhile
    bool passes_on = false;   // it came free while it was pinned
  };

  // engine.cpp
  using Source = std::optional<std::uint64_t>;  // of what is submitted; nothing for a lease
  std::optional<SlotId> take_idle(Source source) INFERQUEUE_REQUIRES(mutex_);
  std::optional<SlotId> wait_in_line(Waiter& waiter, WaitLimit& limit, base::MutexLock& lock)
      INFERQUEUE_REQUIRES(mutex_);
  bool may_have_slot(Source source) const INFERQUEUE_REQUIRES(mutex_);
  bool may_have_slot(const Place& place) const INFERQUEUE_REQUIRES(mutex_);
  Place* next_in_line() const INFERQUEUE_REQUIRES(mutex_);
  Waiter* next_submitter() const INFERQUEUE_REQUIRES(mutex_);
  void pass_on(SlotId slot, Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  void pass_idle_on(Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  void set_running(SlotId slot, base::Ref<Record> record) INFERQUEUE_REQUIRES(mutex_);
  void set_state(SlotId slot, SlotState state, Clock::time_point now) INFERQUEUE_REQUIRES(mutex_);
  void throw_if_closed() INFERQUEUE_REQUIRES(mutex_);
  void throw_if_reached(const WaitLimit& limit, const char* awaited) INFERQUEUE_REQUIRES(mutex_);
  QueueReport report_locked() const INFERQUEUE_REQUIRES(mutex_);

  // submission.cpp
  RequestId accept(Record& record, bool waits_for_slot) INFERQUEUE_REQUIRES(mutex_);
  RequestId put_in_line(base::Ref<Record>& record, Backpressure policy, Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  RequestId push_in_line(base::Ref<Record>& record, Record* before = nullptr) INFERQUEUE_REQUIRES(mutex_);
  RequestId push_ahead(base::Ref<Record>& record) INFERQUEUE_REQUIRES(mutex_);
  RequestId submit_ahead(base::Ref<Record> record, const SubmitOptions& options);
  bool may_submit_ahead(std::uint64_t source) const INFERQUEUE_REQUIRES(mutex_);
  void let_submitters_in(Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  void prepare(Record& record, const SubmitOptions& options);
  void make_pool(std::size_t threads);
  void launch(SlotId slot, RequestId run, base::Ref<Record>& refused, std::exception_ptr& error, Todo& todo);
  void take_back(base::Ref<Record> refused, Todo& todo) noexcept;

  // work.cpp
  void completed(SlotId slot, RequestId run, std::exception_ptr error) noexcept override;
  base::Ref<Record> claim_or_let_go(SlotId slot, RequestId run) noexcept;
  base::Ref<Record> claim(SlotId slot, RequestId run) INFERQUEUE_REQUIRES(mutex_);
  base::Ref<Record> take_abandoned(SlotId slot, RequestId run) INFERQUEUE_REQUIRES(mutex_);
  void let_go(SlotId slot, base::Ref<Record> held) noexcept;
  void end_run(SlotId slot, RequestId run, std::exception_ptr error, Todo& todo) noexcept;
  void work(Todo& todo) noexcept;
  void bind_and_start(base::Ref<Record> record, Todo& todo) noexcept;
  void unload(base::Ref<Record> record, Todo& todo) noexcept;
  void hand_over(base::Ref<Record> record, Todo& todo) noexcept;
  void settle(base::Ref<Record> record, std::exception_ptr unheard, Clock::time_point began, Todo& todo) noexcept;
  void delivered(const Record& record, Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  bool may_be_parked(const Record& record) const INFERQUEUE_REQUIRES(mutex_);
  void conclude(base::Ref<Record> record, Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  void conclude_waiting(base::Ref<Record> record, Outcome outcome, Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  void count(const Record& record, Clock::duration callback) INFERQUEUE_REQUIRES(mutex_);

  // ending.cpp
  bool cancel_waiting(RequestId id);
  void cancel_running(SlotId slot, RequestId run) noexcept;
  std::size_t cancel_line(Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  void abandon(SlotId slot, Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  std::size_t abandon_overdue(Clock::time_point started_before, Todo& todo) INFERQUEUE_REQUIRES(mutex_);
  bool any_active() const INFERQUEUE_REQUIRES(mutex_);
  Clock::time_point oldest_run() const INFERQUEUE_REQUIRES(mutex_);
  void wait_for_the_rest(const CloseLimit& limit, Clock::time_point begun, CloseResult& result);
  void watch_expiries() noexcept;
  void stop_threads() noexcept;

  const std::size_t max_pending_;
  const std::size_t submit_ahead_;
  const std::size_t max_backlog_;
  const std::chrono::nanoseconds abandon_after_;
  const Backpressure backpressure_;
  const bool in_order_;
  const bool own_threads_;
  mutable base::Mutex mutex_;
  base::CondVar emptied_;         // a generation of the ledger became empty
  base::CondVar idle_again_;      // a slot was put into idle_
  base::CondVar expiry_changed_;  // a record with an expiry has come into the line
  std::vector<Slot> slots_ INFERQUEUE_GUARDED_BY(mutex_);
  IdleList idle_ INFERQUEUE_GUARDED_BY(mutex_);
  Line line_ INFERQUEUE_GUARDED_BY(mutex_);
  Bells bells_ INFERQUEUE_GUARDED_BY(mutex_);
  Sequencer sequencer_ INFERQUEUE_GUARDED_BY(mutex_);
  Ledger ledger_ INFERQUEUE_GUARDED_BY(mutex_);
  Statistics statistics_ INFERQUEUE_GUARDED_BY(mutex_);  // what it says of the moment is filled in when asked for
  RequestId last_id_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  std::size_t let_in_ INFERQUEUE_GUARDED_BY(mutex_) = 0;  // and have not put their record in line yet
  std::size_t backlog_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  std::size_t held_ INFERQUEUE_GUARDED_BY(mutex_) = 0;  // abandoned, and not let go
  std::function<void()> then_let_go_ INFERQUEUE_GUARDED_BY(mutex_);
  bool closed_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  bool threads_stop_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  // Destroyed before all of the above, and the last first: the expirer and the runtime's threads post to the pool,
  // whose own threads, which call the backend, have been joined before.
  base::Mutex threads_mutex_;             // held while the threads are made
  std::unique_ptr<CompletionPool> pool_;  // made before the first record that needs it is accepted
  std::unique_ptr<Backend> backend_;
  std::optional<base::Thread> expirer_ INFERQUEUE_GUARDED_BY(threads_mutex_);
};

}  // namespace inferqueue::core
