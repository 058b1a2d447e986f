// One queue with random faults, from its construction to its end, and the account of each of its requests.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <latch>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <inferqueue/error.hpp>
#include <inferqueue/statistics.hpp>

#include "core/engine.hpp"
#include "core/random_plan.hpp"

namespace inferqueue::testing {

/// What has happened, for the test's line and so that it can tell whether everything has.
struct Counts {
  std::uint64_t accepted = 0;
  std::uint64_t values = 0;
  std::uint64_t errors = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t expired = 0;
  std::uint64_t dropped = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t unheard = 0;  // errors that wait_all() got
  // Refused, by what they were told
  std::uint64_t full = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t stopped = 0;
  std::uint64_t closed = 0;
  std::uint64_t faults = 0;

  Counts& operator+=(const Counts& other);
};

/// Each request is a number, which says what is done with it (Plan) and where it is accounted for.
class RandomQueue {
 public:
  explicit RandomQueue(const Shape& shape);
  ~RandomQueue();
  RandomQueue(const RandomQueue&) = delete;
  RandomQueue& operator=(const RandomQueue&) = delete;
  RandomQueue(RandomQueue&&) = delete;
  RandomQueue& operator=(RandomQueue&&) = delete;

  /// All of its life. Once.
  Counts run();
  /// What was not as it must be.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  class Handler;
  class Turn;
  struct Entry {
    std::atomic<std::uint8_t> values{0};    // calls of the callback
    std::atomic<std::uint8_t> outcomes{0};  // counted as the last thing that its callbacks do
    Outcome outcome = Outcome::value;
    bool accepted = false;
  };
  struct Submitter {
    std::thread thread;
    std::atomic<std::size_t> done{0};  // requests behind it
    std::size_t checked = 0;           // of these, found to have their outcomes
    RequestId latest = 0;
    std::mutex mutex;
    std::stop_source stop;
  };
  struct Source {
    std::atomic<bool> inside{false};
    RequestId last = 0;  // without a lock: only one delivers at a time
  };
  struct Seen {
    base::Ref<core::Record> record;
    const int* output;  // that it had then; null where it had none
  };
  struct Refused {
    std::atomic<std::uint64_t> full{0}, timed_out{0}, stopped{0}, closed{0}, faults{0};
  };
  enum class Done : std::uint8_t { yes, no, is_closed };

  void require(bool condition, const char* otherwise, std::size_t index = 0);

  // The submitting threads.
  void submit_all(std::size_t submitter);
  std::size_t index_of(std::size_t submitter, std::size_t i) const { return i * shape_.submitters + submitter; }
  Done attempt(std::size_t index, const Plan& plan, RequestId* id = nullptr);
  RequestId make(std::size_t index, const Plan& plan);
  Done refused(const Error& error);
  void submit_the_last();
  std::stop_token token_of(Submitter& submitter);
  void stop(std::size_t submitter);

  // What callbacks do.
  void on_value(FakeRecord& record);
  bool on_error(FakeRecord& record);
  void check_value(const FakeRecord& record, const Plan& plan);
  void check_error(const FakeRecord& record, const Plan& plan);
  void check_fault(const std::exception_ptr& error, const Plan& plan, std::size_t index);
  void act(const FakeRecord& record, const Plan& plan);
  void try_to_wait();

  // The thread that waits and looks.
  void wait_often();
  void wait_once(Random& random);
  void look(Random& random);
  void take(std::vector<std::exception_ptr> errors);

  // The end.
  void end();
  void end_quietly();
  void close_now();
  void give_up();
  void destroy();
  void join_submitters();
  void join_waiter();
  void check_closed();
  void check_statistics(const Counts& counts);
  void check_unheard(Counts& counts);
  Counts count();

  const Shape shape_;
  std::atomic<int> alive_{0};  // user data
  std::vector<Entry> entries_;
  std::vector<Submitter> submitters_;
  std::vector<Source> sources_;
  Refused refused_;
  std::latch some_way_;  // until the queue is closed
  std::atomic<unsigned> pulse_{0};
  std::atomic<bool> waiter_stops_{false};
  std::atomic<bool> callback_closes_{false};
  std::vector<Seen> seen_;
  std::thread waiter_;
  std::atomic<std::uint64_t> abandoned_{0};

  std::mutex unheard_mutex_;
  std::vector<std::exception_ptr> unheard_;  // that nobody but wait_all() can hear of
  std::vector<std::exception_ptr> taken_;
  bool some_are_dropped_ = false;

  std::mutex complaints_mutex_;
  std::vector<std::string> complaints_;

  std::shared_ptr<const Handler> handler_;
  FakeBackend* backend_ = nullptr;
  std::unique_ptr<core::Engine> owner_;
  core::Engine* engine_ = nullptr;  // also while owner_ destroys it
};

}  // namespace inferqueue::testing
