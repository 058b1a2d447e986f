// What is kept of each request that was measured.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <inferqueue/statistics.hpp>

namespace inferqueue::measure {

using Clock = std::chrono::steady_clock;

/// When what happened to a request, in this order.
struct RequestTimes {
  RequestTimes() = default;
  /// One that has a slot, and hasn't started.
  RequestTimes(std::size_t place_, std::uint64_t request_, Clock::time_point wanted_, Clock::time_point granted_)
      : place(place_), request(request_), wanted(wanted_), granted(granted_) {}

  std::size_t place = 0;      ///< the slot, or which of the infer requests
  std::uint64_t request = 0;  ///< its number within the round
  Clock::time_point wanted;   ///< the submitter wanted to submit it; in an open loop, was to have done so
  Clock::time_point granted;  ///< it has a slot
  Clock::time_point started;  ///< its inputs are written, and the runtime is asked to start
  Clock::time_point completed;
  Clock::time_point returned;  ///< whoever looked at its outputs is done
};

/// Of one mode under one hint, over all rounds. Thread rules: as an int.
class Recording {
 public:
  static constexpr std::size_t most_kept = 500;

  /// A round begins. What is kept in detail of the one before is let go.
  void begin(Clock::time_point now, Clock::duration expected);
  void add(const RequestTimes& times, std::size_t items);
  /// The round is over: the time goes on counting from here in the next.
  void end(Clock::time_point now);

  const Histogram& wait() const noexcept { return wait_; }          ///< wanted to granted
  const Histogram& prepare() const noexcept { return prepare_; }    ///< granted to started
  const Histogram& service() const noexcept { return service_; }    ///< started to completed
  const Histogram& callback() const noexcept { return callback_; }  ///< completed to returned
  const Histogram& latency() const noexcept { return latency_; }    ///< wanted to completed

  /// Seconds of measured time, at the middle of a stretch, and items a second in it.
  std::vector<std::pair<double, double>> over_time() const;
  /// The latest of the last round, in the order of their completion; at most most_kept.
  std::vector<RequestTimes> latest() const;
  Clock::time_point round_begin() const noexcept { return begin_; }

 private:
  struct Stretch {
    double middle_s = 0;
    double width_s = 0;
    std::size_t items = 0;
  };

  Stretch& stretch_at(double s);

  Histogram wait_, prepare_, service_, callback_, latency_;
  std::vector<Stretch> stretches_;
  std::size_t round_at_ = 0;  // its first stretch
  double before_s_ = 0;       // measured in the rounds before
  Clock::time_point begin_;
  double width_s_ = 1;
  std::vector<RequestTimes> ring_;
  std::size_t next_ = 0;
};

/// How long the device itself took for a request, the median in seconds, as far as the times that are seen from outside
/// tell: with `streams` that work side by side and take requests first come first served, the n-th started runs from
/// its start, or from the (n - streams)-th completion if that is later, to its own completion (the recursion of the
/// departures of a G/G/k queue, Kiefer and Wolfowitz 1955). 0 for no requests. Thread rules: a pure function.
double estimate_service_s(std::vector<RequestTimes> requests, std::size_t streams);

}  // namespace inferqueue::measure
