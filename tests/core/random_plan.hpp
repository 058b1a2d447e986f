// What chance makes of a queue and of each of its requests: plain values, drawn from a seed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <inferqueue/options.hpp>

#include "support/fake_backend.hpp"
#include "support/random.hpp"

namespace inferqueue::testing {

/// How a queue ends.
enum class Ending : std::uint8_t {
  quiet,              ///< everything has ended before it is closed
  drained,            ///< closed while threads submit
  cancelled,          ///< the same, and cancelled
  in_a_callback,      ///< a callback closes it
  given_up,           ///< closed with a timeout while the device is stuck
  destroyed,          ///< destroyed while requests run and wait
  destroyed_given_up  ///< the same while the device is stuck
};
inline constexpr std::size_t endings = 7;

/// A queue and those who use it.
struct Shape {
  Shape(std::uint64_t seed, Ending ending, std::size_t most_requests);

  bool is_stuck_at_the_end() const noexcept {
    return ending == Ending::given_up || ending == Ending::destroyed_given_up;
  }
  /// Also draining may: where for a moment every slot is leased.
  bool may_cancel() const noexcept { return cancels || ending != Ending::quiet; }
  /// The requests are numbered: those of the submitters in turn, then one for each of these that its callback may
  /// submit, then those that are made when the queue is to end.
  std::size_t of_each_submitter() const noexcept { return requests / submitters + 1; }
  std::size_t of_submitters() const noexcept { return of_each_submitter() * submitters; }
  std::size_t before_the_end() const noexcept { return 2 * of_submitters(); }
  std::size_t in_all() const noexcept { return before_the_end() + 16; }

  std::string describe() const;

  std::uint64_t seed;
  Ending ending;
  QueueOptions options;        ///< jobs: the slots
  std::size_t device_threads;  ///< 0: the device completes inside start
  std::size_t submitters;
  std::size_t sources;
  std::size_t requests;  ///< of the submitters, as long as the queue isn't closed
  bool own_thread;       ///< the handlers want one
  bool cancels;          ///< requests are cancelled by their ids
  CloseMode mode;
  std::chrono::nanoseconds close_timeout;
};

/// What is done with one request, and in its callbacks.
struct Plan {
  /// Some numbers become no request: lease_and_drop's, and try_start's where no slot is idle.
  enum class Way : std::uint8_t { submit, try_start, lease_and_start, lease_and_drop };

  Plan(const Shape& shape, std::size_t index);
  /// The first place at which it fails; nothing if it doesn't.
  std::optional<Fault::Place> fails_at() const;

  Way way = Way::submit;
  SubmitOptions options;   ///< without the stop token
  bool stoppable = false;  ///< has one
  bool may_wait = true;
  Faults faults;
  // The submitting thread, after it
  std::size_t cancels_back = 0;  ///< cancels the request this many before its own latest, if not 0
  bool stops_another = false;    ///< asks another thread to stop waiting
  // Its callbacks
  bool submits = false;
  bool cancels = false;
  bool waits = false;
  bool stops = false;
  bool throws = false;
  bool error_callback_throws = false;
  bool listens = true;  ///< to errors

 private:
  void begin_and_last();
};

}  // namespace inferqueue::testing
