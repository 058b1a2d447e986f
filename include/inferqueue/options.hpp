// How a queue is set up and how an item is submitted: plain values.
#pragma once

#include <cstddef>
#include <cstdint>

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

/// What one submission asks for. Every member has a default, so that a later version can add some.
struct SubmitOptions {};

}  // namespace inferqueue
