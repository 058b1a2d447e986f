// Runs one work in every mode on one compiled model.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <openvino/runtime/compiled_model.hpp>

#include <inferqueue/async_infer_queue.hpp>

#include "base/mutex.hpp"
#include "measure/arrivals.hpp"
#include "measure/clock.hpp"
#include "measure/mode.hpp"
#include "measure/recording.hpp"
#include "measure/work.hpp"

namespace inferqueue::measure {

/// What one round of one mode came to.
struct Sample {
  std::size_t items = 0;     ///< requests that gave a value, times the batch
  std::size_t failures = 0;  ///< requests whose inference failed, or whose outputs could not be read
  std::size_t unsent = 0;    ///< of an open loop, that were due and could not be submitted
  double throttled_s = 0;    ///< that the container's quota kept the process from running
  /// Processor time that others took of the processors that this process may run on: programs, and other guests of
  /// the host. Nothing where the system doesn't tell, and from a Runner: its owner knows what the processors are.
  std::optional<double> others_cpu_s = std::nullopt;  // NOLINT(readability-redundant-member-init)
  Elapsed took;

  double items_per_s() const { return static_cast<double>(items) / took.wall_s; }
  /// 0 where there were no items.
  double cpu_s_per_item() const { return items == 0 ? 0 : took.cpu_s / static_cast<double>(items); }
};

/// When a round ends, and how its requests come.
struct Round {
  std::chrono::duration<double> duration{1};
  std::size_t most_requests = 0;     ///< 0: no limit but the time
  std::optional<Arrivals> arrivals;  ///< an open loop, of the queue; else each request follows another (a closed loop)
  std::stop_token stop = std::stop_token();  // NOLINT(readability-redundant-member-init)
  /// How long, after a request to stop, the queue waits for what the device has begun. Then that counts as failed.
  std::chrono::nanoseconds patience = std::chrono::seconds(5);
};

/// The requests of the modes that are named are made and warmed up at construction; others can't be run. An inference
/// that fails, or can't be started, or whose outputs can't be looked at, is counted, and the next one goes on. Thread
/// rules: one thread.
class Runner {
 public:
  /// Holds a reference to the work. `jobs` as for pipeline::make_queue(), which throws. A request to stop cuts the
  /// warming up short.
  Runner(Work& work, const ov::CompiledModel& compiled, std::size_t jobs, std::span<const Mode> modes,
         const std::stop_token& stop = {});
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  Runner(Runner&&) = delete;
  Runner& operator=(Runner&&) = delete;
  ~Runner() = default;

  /// At least one request of a closed loop, whatever the limits. Throws what the work's prepare() throws, when what is
  /// under way has ended. After a request to stop that left the queue with work, its modes can't be run again.
  Sample run(Mode mode, const Round& round, Recording& recording);
  std::size_t requests(Mode mode) const;
  /// What the first inference that failed said; empty if none did.
  std::string first_failure() const;

 private:
  class Limit;
  struct Tally {
    std::size_t values = 0;
    std::size_t failures = 0;
  };

  void make_singles(const ov::CompiledModel& compiled, std::size_t count);
  void make_queue(const ov::CompiledModel& compiled, std::size_t jobs);
  void warm_up(std::span<const Mode> modes, const std::stop_token& stop);
  std::size_t run_mode(Mode mode, Limit& limit, const Round& round);
  RequestTimes start_single(std::size_t place, std::size_t number, Clock::time_point wanted);
  void end_single(std::size_t place, RequestTimes times, const std::function<void()>& complete);
  void run_sync(Limit& limit);
  void run_two(Limit& limit);
  static std::optional<Clock::time_point> next_wanted(const Limit& limit, std::optional<Arrivals>& arrivals,
                                                      std::size_t& unsent);
  std::size_t run_queue(Limit& limit, const Round& round);
  std::optional<Lease> lease(const Round& round);
  void settle(const Round& round);
  void on_value(const Request& request);
  void record(const RequestTimes& times);
  void note_failure(const std::string& what);

  Work& work_;
  std::vector<ov::InferRequest> singles_;
  // By slot, of the queue. Without a lock: a slot is leased again only when its callback has returned, because this
  // queue has no callback threads.
  std::vector<RequestTimes> in_flight_;
  bool is_bare_ = false;  // nobody looks at the outputs
  mutable base::Mutex mutex_;
  Recording* recording_ INFERQUEUE_GUARDED_BY(mutex_) = nullptr;
  Tally tally_ INFERQUEUE_GUARDED_BY(mutex_);
  std::string first_failure_ INFERQUEUE_GUARDED_BY(mutex_);
  std::unique_ptr<AsyncInferQueue> queue_;
};

}  // namespace inferqueue::measure
