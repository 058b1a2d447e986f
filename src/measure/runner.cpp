#include "measure/runner.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <thread>
#include <utility>

#include "devices/brief.hpp"
#include "machine/cpu_limits.hpp"
#include "measure/request_tensors.hpp"
#include "pipeline/detector.hpp"

namespace inferqueue::measure {
namespace {

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& known) {
    return devices::brief(known);
  } catch (...) {
    return "an unknown error";
  }
}

bool is_among(std::span<const Mode> modes, Mode mode) {
  return std::ranges::find(modes, mode) != modes.end();
}

}  // namespace

/// Counts the requests of a round, and says when it is over.
class Runner::Limit {
 public:
  explicit Limit(const Round& round)
      : begin_(Clock::now()),
        until_(begin_ + std::chrono::duration_cast<Clock::duration>(round.duration)),
        most_(round.most_requests),
        stop_(round.stop) {}

  /// The first is always allowed.
  bool allows_another(Clock::time_point now) const {
    return started_ == 0 || (now < until_ && (most_ == 0 || started_ < most_) && !stop_.stop_requested());
  }
  std::size_t count_one() { return started_++; }
  /// So much after the end that what was due before it can't be excused by a thread that woke late.
  bool is_late(Clock::time_point now) const { return now >= until_ + (until_ - begin_) / 20; }
  Clock::time_point begin() const { return begin_; }
  Clock::time_point until() const { return until_; }

  /// Returns false if the stop came first.
  bool wait_until(Clock::time_point due) const {
    constexpr auto step = std::chrono::milliseconds(50);  // how long Ctrl-C may take
    for (auto now = Clock::now(); now < due; now = Clock::now()) {
      if (stop_.stop_requested()) return false;
      std::this_thread::sleep_until(std::min(due, now + step));
    }
    return true;
  }

 private:
  Clock::time_point begin_;
  Clock::time_point until_;
  std::size_t most_;
  std::stop_token stop_;
  std::size_t started_ = 0;
};

Runner::Runner(Work& work, const ov::CompiledModel& compiled, std::size_t jobs, std::span<const Mode> modes,
               const std::stop_token& stop)
    : work_(work) {
  const bool needs_queue = is_among(modes, Mode::queue) || is_among(modes, Mode::inference);
  const std::size_t singles = is_among(modes, Mode::two_requests) ? 2 : is_among(modes, Mode::sync) ? 1 : 0;
  make_singles(compiled, singles);
  if (needs_queue) make_queue(compiled, jobs);
  work_.reserve(std::max(singles, needs_queue ? queue_->size() : 0));
  warm_up(modes, stop);
}

void Runner::make_singles(const ov::CompiledModel& compiled, std::size_t count) {
  ov::CompiledModel shared = compiled;  // create_infer_request() isn't const; the copy is a handle
  for (std::size_t i = 0; i < count; ++i) {
    singles_.push_back(shared.create_infer_request());
    work_.fill(SingleInputs(singles_.back()));
  }
}

void Runner::make_queue(const ov::CompiledModel& compiled, std::size_t jobs) {
  queue_ = pipeline::make_queue(compiled, jobs);
  in_flight_.resize(queue_->size());
  std::vector<Lease> all;  // held together, so that each slot comes once
  for (std::size_t i = 0; i < queue_->size(); ++i) {
    all.push_back(queue_->lease());
    work_.fill(LeaseInputs(all.back()));
  }
  queue_->set_callback([this](const Request& request) { on_value(request); });
  queue_->set_error_callback(
      [this](const Request& /*request*/, const std::exception_ptr& error) { note_failure(text_of(error)); });
}

void Runner::warm_up(std::span<const Mode> modes, const std::stop_token& stop) {
  for (const Mode mode : modes) {
    if (stop.stop_requested()) return;
    Recording ignored;
    Round moment;
    moment.duration = std::chrono::milliseconds(100);
    moment.stop = stop;
    run(mode, moment, ignored);
  }
  const base::MutexLock lock(mutex_);
  first_failure_.clear();
}

std::size_t Runner::requests(Mode mode) const {
  if (mode == Mode::sync) return 1;
  return mode == Mode::two_requests ? 2 : queue_->size();
}

std::string Runner::first_failure() const {
  const base::MutexLock lock(mutex_);
  return first_failure_;
}

Sample Runner::run(Mode mode, const Round& round, Recording& recording) {
  {
    const base::MutexLock lock(mutex_);
    recording_ = &recording;
    tally_ = {};
  }
  Sample sample;
  const double throttled_s = machine::throttled_s();  // reads files, which is not to delay the first request
  Limit limit(round);
  recording.begin(limit.begin(), limit.until() - limit.begin());
  const Stopwatch watch;
  try {
    sample.unsent = run_mode(mode, limit, round);
  } catch (...) {
    if (queue_) settle(round);
    const base::MutexLock lock(mutex_);
    recording_ = nullptr;
    throw;
  }
  sample.took = watch.elapsed();
  recording.end(Clock::now());
  sample.throttled_s = machine::throttled_s() - throttled_s;
  const base::MutexLock lock(mutex_);
  recording_ = nullptr;
  sample.items = tally_.values * work_.batch();
  sample.failures = tally_.failures;
  return sample;
}

/// Returns how many requests were due and could not be sent.
std::size_t Runner::run_mode(Mode mode, Limit& limit, const Round& round) {
  switch (mode) {
    case Mode::sync:
      run_sync(limit);
      return 0;
    case Mode::two_requests:
      run_two(limit);
      return 0;
    case Mode::queue:
    case Mode::inference:
      is_bare_ = mode == Mode::inference;
      return run_queue(limit, round);
  }
  return 0;
}

void Runner::record(const RequestTimes& times) {
  const base::MutexLock lock(mutex_);
  ++tally_.values;
  recording_->add(times, work_.batch());
}

void Runner::note_failure(const std::string& what) {
  const base::MutexLock lock(mutex_);
  ++tally_.failures;
  if (first_failure_.empty()) first_failure_ = what;
}

// ---- one request, two requests --------------------------------------------------------------------------------------

RequestTimes Runner::start_single(std::size_t place, std::size_t number, Clock::time_point wanted) {
  RequestTimes times(place, number, wanted, Clock::now());
  work_.prepare(place, number, SingleInputs(singles_[place]));
  times.started = Clock::now();
  return times;
}

void Runner::end_single(std::size_t place, RequestTimes times, const std::function<void()>& complete) {
  try {
    complete();
    times.completed = Clock::now();
    work_.look(place, SingleOutputs(singles_[place]));
    times.returned = Clock::now();
    record(times);
  } catch (const std::exception&) {
    note_failure(text_of(std::current_exception()));
  }
}

void Runner::run_sync(Limit& limit) {
  for (auto now = Clock::now(); limit.allows_another(now); now = Clock::now()) {
    const RequestTimes times = start_single(0, limit.count_one(), now);
    end_single(0, times, [&] { singles_[0].infer(); });
  }
}

void Runner::run_two(Limit& limit) {
  std::array<std::optional<RequestTimes>, 2> running;
  const auto start = [&](std::size_t which) {
    const RequestTimes times = start_single(which, limit.count_one(), Clock::now());
    try {
      singles_[which].start_async();
      running.at(which) = times;
    } catch (const std::exception&) {  // the device refused to start it
      note_failure(text_of(std::current_exception()));
    }
  };
  const auto finish = [&](std::size_t which) {
    if (const auto times = std::exchange(running.at(which), std::nullopt))
      end_single(which, *times, [&] { singles_[which].wait(); });
  };
  std::size_t current = 0;
  try {
    start(current);
    while (limit.allows_another(Clock::now())) {
      start(1 - current);
      finish(current);
      current = 1 - current;
    }
  } catch (...) {
    finish(current);
    throw;
  }
  finish(current);
}

// ---- the queue ------------------------------------------------------------------------------------------------------

void Runner::on_value(const Request& request) {
  RequestTimes times = in_flight_[request.slot_id()];
  times.completed = Clock::now();
  if (!is_bare_) work_.look(times.place, Results(request));
  times.returned = Clock::now();
  record(times);
}

/// When the next request is wanted: now in a closed loop, when it is due in an open one. Nothing once the round is
/// over.
std::optional<Clock::time_point> Runner::next_wanted(const Limit& limit, std::optional<Arrivals>& arrivals,
                                                     std::size_t& unsent) {
  if (!arrivals) {
    const auto now = Clock::now();
    return limit.allows_another(now) ? std::optional(now) : std::nullopt;
  }
  // The latency counts from when a request was due, not from when the loop got round to it: else a stall would count
  // for one request where it held up many ("coordinated omission", Gil Tene).
  const auto next_due = [&] {
    return limit.begin() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(arrivals->next_s()));
  };
  const auto due = next_due();
  if (due < limit.until() && limit.is_late(Clock::now())) {
    unsent = 1 + arrivals->left_before(std::chrono::duration<double>(limit.until() - limit.begin()).count());
    return std::nullopt;
  }
  // After the last one the round goes on to its end: else the rate would be that of a shorter time.
  const bool is_last = due >= limit.until();
  if (!limit.wait_until(std::min(due, limit.until())) || is_last || !limit.allows_another(due)) return std::nullopt;
  return due;
}

/// An idle slot; nothing if the stop came first.
std::optional<Lease> Runner::lease(const Round& round) {
  try {
    return queue_->lease({.stop = round.stop});
  } catch (const Error& error) {
    if (error.code() != Errc::stopped) throw;
    return std::nullopt;
  }
}

/// Waits for all that was submitted, unless a request to stop comes: then the device has little time left, because
/// whoever asked for it is to see what was measured, even where the device hangs.
void Runner::settle(const Round& round) {
  try {
    queue_->wait_all({.stop = round.stop});
  } catch (const Error& error) {
    if (error.code() != Errc::stopped) throw;
    queue_->close(CloseMode::drain, round.patience);
  }
}

/// Returns how many were due and could not be sent.
std::size_t Runner::run_queue(Limit& limit, const Round& round) {
  std::size_t unsent = 0;
  std::optional<Arrivals> arrivals = round.arrivals;
  while (const auto wanted = next_wanted(limit, arrivals, unsent)) {
    std::optional<Lease> slot = lease(round);
    if (!slot) break;
    const std::size_t place = slot->slot_id();
    RequestTimes& times = in_flight_[place];
    times = RequestTimes(place, limit.count_one(), *wanted, Clock::now());
    if (!is_bare_) work_.prepare(place, times.request, LeaseInputs(*slot));
    times.started = Clock::now();
    try {
      slot->start_async();
    } catch (const std::exception&) {  // the device refused to start it; the slot is free again
      note_failure(text_of(std::current_exception()));
    }
  }
  settle(round);
  return unsent;
}

}  // namespace inferqueue::measure
