// One AsyncInferQueue with random faults on the real runtime, and the account of each of its requests.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <inferqueue/inferqueue.hpp>

#include "openvino/random_errand.hpp"

namespace inferqueue::testing {

/// How the queue ends, when its submitters are done.
enum class End : std::uint8_t { drained, cancelled, given_up, destroyed };
inline constexpr std::size_t ends = 4;

struct SessionCounts {
  std::uint64_t accepted = 0;
  std::uint64_t values = 0;
  std::uint64_t errors = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t expired = 0;
  std::uint64_t dropped = 0;
  std::uint64_t abandoned = 0;  // of the errors
  std::uint64_t refused = 0;
  std::uint64_t unheard = 0;  // errors that wait_all() gave

  SessionCounts& operator+=(const SessionCounts& other);
};

class RandomSession {
 public:
  /// `most` requests.
  RandomSession(const ov::CompiledModel& compiled, std::uint64_t seed, End end, std::size_t most);

  /// All of its life. Once.
  SessionCounts run();
  const std::vector<std::string>& complaints() const { return complaints_; }
  std::string describe() const;

 private:
  struct Entry {
    std::atomic<std::uint8_t> values{0};    // calls of the callback
    std::atomic<std::uint8_t> outcomes{0};  // counted as the last thing that is done with it
    Outcome outcome = Outcome::value;
    bool accepted = false;
  };
  struct Awaited {
    std::size_t index;
    RequestFuture future;
  };
  struct Detached;

  void require(bool condition, const char* otherwise, std::size_t index = 0);
  void submit_all(std::size_t submitter, std::size_t submitters);
  std::optional<RequestId> attempt(std::size_t index, const Errand& errand, std::deque<Awaited>& awaited);
  std::optional<RequestId> make(std::size_t index, const Errand& errand, std::deque<Awaited>& awaited);
  Detached await(std::size_t index, Errand errand);
  void settle(Awaited awaited);
  void take(const WaitOptions& options);

  void on_value(Request& request, std::size_t index);
  void on_error(Request& request, const std::exception_ptr& error);
  void has_value(const Request& request, std::size_t index);
  void has_error(const std::exception_ptr& error, std::size_t index);
  void has_outcome(Outcome outcome, std::size_t index);
  void keep(const Request& request, std::size_t index);
  void check_kept(const Request& request, std::size_t index);
  /// True if that is a refusal, which is counted.
  bool is_refusal(const std::exception_ptr& error, std::size_t index);

  void end();
  void give_up();
  void check_closed();
  SessionCounts count();

  const std::uint64_t seed_;
  const End end_;
  std::size_t submitters_ = 0;
  std::size_t of_submitters_;
  QueueOptions options_;
  std::vector<Entry> entries_;
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> abandoned_{0};
  std::atomic<std::uint64_t> unheard_{0};
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<bool> some_are_dropped_{false};
  std::mutex kept_mutex_;
  std::deque<std::pair<Request, std::size_t>> kept_;
  std::mutex complaints_mutex_;
  std::vector<std::string> complaints_;
  std::unique_ptr<AsyncInferQueue> owner_;
  AsyncInferQueue* queue_ = nullptr;  // also while owner_ destroys it
};

}  // namespace inferqueue::testing
