// How a queue is set up and how an item is submitted: plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>

#include <inferqueue/export.hpp>

namespace inferqueue {

/// The number of an accepted request: 1, 2, 3… in the order of acceptance, unique within a queue.
using RequestId = std::uint64_t;

/// What a submission does where no slot is idle. In a callback, and for co_await, `block` means `reject`.
enum class Backpressure {
  block,              ///< waits for a slot, as SubmitOptions::wait allows; nothing is accepted before (submit_ahead)
  reject,             ///< is accepted and waits in line; where max_pending do, it is refused with Errc::pending_full
  drop_oldest,        ///< the same, but where max_pending wait, the oldest of them is dropped
  latest_per_source,  ///< takes the place of its source's request that waits, which is dropped; else as `reject`
};

/// What became of a request.
enum class Outcome {
  value,      ///< it has outputs
  error,      ///< the inference or the callback threw, or the device didn't complete it and it was abandoned
  cancelled,  ///< by cancel(), by close(), or because the coroutine that awaited it is gone
  expired,    ///< it waited for a slot longer than SubmitOptions::expires_after
  dropped,    ///< it gave way to another: Backpressure::drop_oldest, latest_per_source
};

/// The name of an outcome as it is written above.
INFERQUEUE_API const char* to_string(Outcome outcome) noexcept;

/// How a queue is set up. Thread rules: a value.
struct QueueOptions {
  /// The most infer requests that a queue may be asked for.
  static constexpr std::size_t max_jobs = 4096;

  /// Infer requests in the pool; 0 takes the device's OPTIMAL_NUMBER_OF_INFER_REQUESTS (2 where it has none).
  std::size_t jobs = 0;
  /// The most threads that a queue may be asked for.
  static constexpr std::size_t max_callback_threads = 1024;

  /// Threads of the queue's own on which callbacks run side by side. 0 runs them on the runtime's thread, which is
  /// faster for short ones; but most devices have only one such thread for a compiled model, so that callbacks run one
  /// after another.
  std::size_t callback_threads = 0;
  /// Requests that have their outcome, but whose callback hasn't returned, while their slot goes on with the next. Each
  /// keeps its outputs: this bounds that memory. One more than this keeps its slot. Not set: as many as jobs. See also
  /// in_order.
  std::optional<std::size_t> callback_backlog = std::nullopt;

  /// What start_async() does where no slot is idle.
  Backpressure backpressure = Backpressure::block;
  /// Requests that Backpressure::block accepts although there is no slot for them yet. With 0, a submission returns
  /// when its request runs, as Python's does, and each request that completes wakes a thread that submits. With more,
  /// the thread that completes a request starts the next one itself, and the submitter is woken once for several: more
  /// throughput where an inference takes some microseconds, at the price of inputs that are held, and grow older, while
  /// they wait. Two for each slot is a good number then; for live pictures it is 0. Independent of max_pending.
  std::size_t submit_ahead = 0;
  /// Accepted requests that may wait for a slot. Submissions from callbacks always wait that way, because a callback
  /// must not block; one more than this is refused with Errc::pending_full.
  std::size_t max_pending = 1024;

  /// Delivers the outcomes of each source (SubmitOptions::source) in the order of submission, one after another. What
  /// has run and waits for an earlier one of its source leaves its slot. While more than callback_backlog of a source
  /// do, no further ones are started but leases: they wait in line, and other sources' pass them. So a source has at
  /// most callback_backlog + jobs of them.
  bool in_order = false;

  /// How long the destructor gives the device for one inference, counted from its start or, if that is later, from the
  /// destructor's. Longer ones are abandoned: see AsyncInferQueue::close().
  std::chrono::nanoseconds abandon_after = std::chrono::seconds(60);
};

/// How long a call may wait, and what else may end its wait. By default it waits for as long as it takes.
/// Thread rules: a value.
struct WaitOptions {
  /// Counted from the call, which throws TimeoutError when it is over. 0 and less: the call doesn't wait at all.
  /// Leave it unset for no limit: std::chrono::hours::max() and the like overflow when they become nanoseconds.
  std::optional<std::chrono::nanoseconds> timeout = std::nullopt;
  /// A request to stop ends the wait with Error(stopped). (It has an initializer so that {.timeout = 5s} doesn't warn.)
  std::stop_token stop = std::stop_token();  // NOLINT(readability-redundant-member-init)
};

/// What one submission asks for. Every member has a default, so that a later version can add some.
/// Thread rules: a value.
struct SubmitOptions {
  /// For an idle slot. Nothing has been accepted when the wait ends without one. Not used in a callback, where
  /// submission never waits.
  WaitOptions wait = WaitOptions();
  /// Instead of the queue's own.
  std::optional<Backpressure> backpressure = std::nullopt;
  /// Where the item comes from, a camera for instance: what latest_per_source and in_order go by.
  std::uint64_t source = 0;
  /// Counted from the call. A request that has no slot by then never runs: its outcome is `expired`; one that isn't
  /// accepted yet, because the submission blocks, is refused as at the timeout of `wait`.
  std::optional<std::chrono::nanoseconds> expires_after = std::nullopt;
};

enum class CloseMode {
  drain,   ///< what was accepted is finished
  cancel,  ///< what waits for a slot is cancelled, and what runs as far as the device can
};

/// What close() could not finish. Thread rules: a value.
struct CloseResult {
  std::size_t cancelled = 0;  ///< requests that never ran
  std::size_t abandoned = 0;  ///< requests that the device had not completed at the timeout
};

}  // namespace inferqueue
