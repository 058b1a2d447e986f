// What a queue is doing, at one moment: for logs, and for whoever waits longer than expected.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <inferqueue/export.hpp>
#include <inferqueue/options.hpp>

namespace inferqueue {

enum class SlotState {
  idle,       ///< waits for work
  leased,     ///< taken by a lease, or by a submission that binds its inputs
  running,    ///< with the runtime
  finishing,  ///< completed; its callback waits or runs
  abandoned,  ///< given up with its request when the queue was closed; never used again
};

/// The name of a state as it is written above.
INFERQUEUE_API const char* to_string(SlotState state) noexcept;

struct SlotReport {
  std::size_t slot = 0;
  SlotState state = SlotState::idle;
  std::chrono::nanoseconds duration{};  ///< since it came into that state
  RequestId request = 0;                ///< running, finishing or abandoned; 0 in the other states
};

/// Everything is of the same moment. Thread rules: a value.
struct QueueReport {
  std::vector<SlotReport> slots;
  std::size_t pending = 0;       ///< accepted requests that wait for a slot
  std::size_t waiting = 0;       ///< threads that wait for a slot, to submit or to lease
  std::uint64_t unfinished = 0;  ///< accepted requests whose callback has not returned, the pending ones among them
};

/// In one line: "slot 0 running request 17 for 5.003 s, slot 1 leased for 12.0 s, 2 idle; 3 requests and 1 thread wait
/// for a slot; 4 requests are unfinished". At most 16 slots that aren't idle are named.
INFERQUEUE_API std::string to_string(const QueueReport& report);

}  // namespace inferqueue
