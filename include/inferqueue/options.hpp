// How a queue is set up and how an item is submitted: plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>

namespace inferqueue {

/// The number of an accepted request: 1, 2, 3… in the order of acceptance, unique within a queue.
using RequestId = std::uint64_t;

struct QueueOptions {
  /// The most infer requests that a queue may be asked for.
  static constexpr std::size_t max_jobs = 4096;

  /// Infer requests in the pool; 0 takes the device's OPTIMAL_NUMBER_OF_INFER_REQUESTS (2 where it has none).
  std::size_t jobs = 0;
  /// The most threads that a queue may be asked for.
  static constexpr std::size_t max_callback_threads = 1024;

  /// Threads of the queue's own on which callbacks run side by side, a slot being kept until its callback has returned.
  /// 0 runs them on the runtime's thread, which is faster for short ones; but most devices have only one such thread
  /// for a compiled model, so that callbacks run one after another.
  std::size_t callback_threads = 0;
  /// Accepted requests that may wait for a slot. Only submissions from callbacks wait that way, because a callback
  /// must not block; one more than this is refused with Errc::pending_full.
  std::size_t max_pending = 1024;
};

/// How long a call may wait, and what else may end its wait. By default it waits for as long as it takes.
struct WaitOptions {
  /// Counted from the call, which throws TimeoutError when it is over. 0 and less: the call doesn't wait at all.
  std::optional<std::chrono::nanoseconds> timeout = std::nullopt;
  /// A request to stop ends the wait with Error(stopped). (It has an initializer so that {.timeout = 5s} doesn't warn.)
  std::stop_token stop = std::stop_token();  // NOLINT(readability-redundant-member-init)
};

/// What one submission asks for. Every member has a default, so that a later version can add some.
struct SubmitOptions {
  /// For an idle slot. Nothing has been accepted when the wait ends without one. Not used in a callback, where
  /// submission never waits.
  WaitOptions wait = WaitOptions();
};

}  // namespace inferqueue
