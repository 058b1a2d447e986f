// What scenarios over the engine have in common: an engine on an explored backend, and the count of outcomes.
#pragma once

#include <functional>
#include <initializer_list>
#include <list>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include <inferqueue/error.hpp>

#include "base/thread.hpp"
#include "core/engine.hpp"
#include "explore/explored_backend.hpp"
#include "explore/explorer.hpp"

namespace inferqueue::explore {

/// One submission, and what became of it.
struct Request {
  bool is_accepted = false;
  std::optional<Errc> refusal;  ///< where it was not
  int outcomes = 0;
  inferqueue::Outcome outcome = inferqueue::Outcome::value;
  RequestId id = 0;           ///< where it was accepted
  bool has_returned = false;  ///< the callback
};

/// Made by a scenario anew in each execution. Thread rules: any thread submits and waits; finish() when all have ended.
class Stage {
 public:
  using Callback = std::function<void()>;

  explicit Stage(std::size_t slots, const QueueOptions& options = {});

  core::Engine& engine() { return *engine_; }
  ExploredBackend& backend() { return *backend_; }

  /// Submits a request whose callback does that besides.
  Request& submit(Callback callback = nullptr, const SubmitOptions& options = {});
  /// Waits for a slot; then starts a request on it, whatever comes between.
  Request& lease_and_start(Callback callback = nullptr);
  /// Calls wait_all(), which must not return before these have their outcome. Returns the number of errors.
  std::size_t wait_all(std::initializer_list<const Request*> those);
  /// The errors that wait_all() gives in the end.
  void expect_errors(std::size_t count) { errors_ = count; }

  /// Waits for all, and checks that every accepted request has had one outcome and no other has, and that all slots are
  /// idle. What callbacks submit must have been submitted by then.
  void finish();
  /// The same for an engine that has been shut down, whose slots nobody can have any more. So many of them are given
  /// up, and the device has let go of these.
  void finish_closed(std::size_t abandoned = 0);
  /// Destroys the engine in whatever state it is, and checks the outcomes. Nothing can be done with it afterwards.
  void destroy();

 private:
  base::Ref<core::Record> record_of(Request& request, Callback callback);
  void attempt(Request& request, const std::function<void()>& submission);
  void check_outcomes();

  std::list<Request> requests_;
  std::size_t errors_ = 0;
  ExploredBackend* backend_;
  std::unique_ptr<core::Engine> engine_;
};

/// The most preemptions: in every run of the tests, and with INFERQUEUE_TEST_FULL=1. One less under AddressSanitizer.
struct Bounds {
  unsigned quick;
  unsigned full;
};
// By how many executions they make of a scenario: no more than some 10000 in every run, and 100000 in a full one.
constexpr Bounds small{4, 8};
constexpr Bounds compact{4, 5};
constexpr Bounds medium{2, 3};
constexpr Bounds large{1, 2};

/// Explores the scenario, and fails the test with the schedule of the execution that failed. With
/// INFERQUEUE_EXPLORE_SCHEDULE in the environment it runs only that, and prints what happens; INFERQUEUE_EXPLORE_BOUND
/// sets another bound.
void expect_holds(const std::function<void()>& scenario, const Bounds& bounds = medium);

}  // namespace inferqueue::explore
