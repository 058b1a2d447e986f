// How requests and the engine end, in every order: cancelled, expired, dropped, abandoned, in order, closed.
#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "explore/stage.hpp"

namespace inferqueue::explore {
namespace {

using namespace std::chrono_literals;
using base::Thread;
using Ended = inferqueue::Outcome;  // explore::Outcome is an execution's

SubmitOptions waits_in_line(std::uint64_t source = 0) {
  return {.backpressure = Backpressure::reject, .source = source};
}

void check_one_of(const Request& request, Ended one, Ended other) {
  check(request.outcome == one || request.outcome == other, to_string(request.outcome));
}

// ---- cancelled, expired, dropped

TEST(EndingScenario, ACancelBesideTheCompletionAndTheNextStart) {
  expect_holds(
      [] {
        Stage stage(1);
        stage.backend().add_device_thread();
        const Request& first = stage.submit();
        const Request& second = stage.submit(nullptr, waits_in_line());
        {
          const Thread other([&] { stage.engine().cancel(first.id); });
          stage.engine().cancel(second.id);
          stage.wait_all({&first, &second});
        }
        check(first.outcome == Ended::value, "this device completes what it runs");
        check_one_of(second, Ended::value, Ended::cancelled);
        stage.finish();
      },
      compact);
}

TEST(EndingScenario, TwoCancelsOfOneRequest) {
  expect_holds(
      [] {
        Stage stage(1);
        stage.backend().add_device_thread();
        stage.submit();
        const Request& second = stage.submit(nullptr, waits_in_line());
        {
          const Thread other([&] { stage.engine().cancel(second.id); });
          stage.engine().cancel(second.id);
        }
        stage.finish();
        check_one_of(second, Ended::value, Ended::cancelled);
      },
      compact);
}

TEST(EndingScenario, AnExpiryBesideTheSlotThatComes) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().add_device_thread();
    const Request& first = stage.submit();
    SubmitOptions late = waits_in_line();
    late.expires_after = 1s;
    const Request& second = stage.submit(nullptr, late);
    stage.wait_all({&first, &second});
    check_one_of(second, Ended::value, Ended::expired);
    stage.finish();
  });
}

TEST(EndingScenario, AnExpiryBesideACancelAndALaterExpiry) {
  expect_holds(
      [] {
        Stage stage(1);
        const core::SlotId slot = stage.engine().acquire();
        SubmitOptions late = waits_in_line();
        late.expires_after = 2s;
        const Request& later = stage.submit(nullptr, late);
        late.expires_after = 1s;
        const Request& sooner = stage.submit(nullptr, late);
        stage.engine().cancel(sooner.id);
        stage.wait_all({&sooner, &later});
        check_one_of(sooner, Ended::expired, Ended::cancelled);
        check(later.outcome == Ended::expired, "nobody has cancelled it, and no slot came free");
        stage.engine().release(slot);
        stage.finish();
      },
      compact);
}

TEST(EndingScenario, SubmissionsThatDropTheOldestBesideTheSlotThatComes) {
  expect_holds([] {
    Stage stage(1, {.backpressure = Backpressure::drop_oldest, .max_pending = 1});
    stage.backend().add_device_thread();
    {
      const Thread one([&] { stage.submit(); });
      const Request& second = stage.submit();
      const Request& third = stage.submit();
      stage.wait_all({&second, &third});
      check_one_of(third, Ended::value, Ended::dropped);
    }
    stage.finish();
  });
}

TEST(EndingScenario, TheLatestOfASourceBesideTheSlotThatComes) {
  expect_holds(
      [] {
        Stage stage(1, {.backpressure = Backpressure::latest_per_source, .max_pending = 2});
        stage.backend().add_device_thread();
        const Request& other = stage.submit(nullptr, {.source = 2});
        const Request& earlier = stage.submit(nullptr, {.source = 1});
        const Request& latest = stage.submit(nullptr, {.source = 1});
        stage.wait_all({&other, &earlier, &latest});
        check_one_of(earlier, Ended::value, Ended::dropped);
        check(latest.outcome == Ended::value && other.outcome == Ended::value, "another gave way");
        stage.finish();
      },
      compact);
}

// ---- in order

/// The first and the third request are of one source, the second of another.
void two_sources(Stage& stage) {
  std::vector<int> heard;
  for (int i = 0; i < 3; ++i)
    stage.submit([&heard, i] { heard.push_back(i); }, waits_in_line(static_cast<std::uint64_t>(i % 2)));
  stage.finish();
  check(heard.size() == 3, "not all were heard of");
  check(std::ranges::find(heard, 0) < std::ranges::find(heard, 2), "the second of a source came first");
}

TEST(EndingScenario, ASourceIsHeardInItsOrder) {
  expect_holds(
      [] {
        Stage stage(2, {.in_order = true});
        stage.backend().add_device_thread();
        stage.backend().add_device_thread();
        two_sources(stage);
      },
      large);
}

TEST(EndingScenario, ASourceIsHeardInItsOrderOnThreadsOfTheQueue) {
  expect_holds(
      [] {
        Stage stage(2, {.callback_threads = 2, .in_order = true});
        stage.backend().complete_inside_start();
        two_sources(stage);
      },
      large);
}

TEST(EndingScenario, ASourceThatIsFarAheadGetsASlotAgain) {
  expect_holds(
      [] {
        Stage stage(2, {.callback_backlog = 0, .in_order = true});
        stage.backend().add_device_thread();
        stage.backend().add_device_thread();
        std::vector<int> heard;
        for (int i = 0; i < 3; ++i) stage.submit([&heard, i] { heard.push_back(i); });
        stage.finish();
        check(heard == std::vector{0, 1, 2}, "in another order");
      },
      large);
}

TEST(EndingScenario, WhatIsCancelledKeepsItsTurn) {
  expect_holds(
      [] {
        Stage stage(1, {.in_order = true});
        stage.backend().add_device_thread();
        std::vector<int> heard;
        const Request& first = stage.submit([&] { heard.push_back(0); });
        const Request& second = stage.submit([&] { heard.push_back(1); }, waits_in_line());
        const Request& third = stage.submit([&] { heard.push_back(2); }, waits_in_line());
        stage.engine().cancel(second.id);
        stage.wait_all({&first, &second, &third});
        check(heard == std::vector{0, 2} || heard == std::vector{0, 1, 2}, "in another order");
        stage.finish();
      },
      compact);
}

// ---- closed

/// Two threads make the call while the only slot is leased, and are told of the closing.
void two_are_told_of_the_closing(const std::function<void(core::Engine&)>& call) {
  Stage stage(1);
  const core::SlotId leased = stage.engine().acquire();
  std::array<std::optional<Errc>, 2> told;
  const auto attempt = [&](std::optional<Errc>& errc) {
    try {
      call(stage.engine());
    } catch (const Error& error) {
      errc = error.code();
    }
  };
  {
    const Thread one([&] { attempt(told[0]); });
    const Thread other([&] { attempt(told[1]); });
    stage.engine().close(CloseMode::drain, {});
  }
  for (const auto& errc : told) check(errc == Errc::closed, "one was told of something else");
  stage.engine().release(leased);
  stage.finish_closed();
}

TEST(EndingScenario, WhoWaitsForAnIdleSlotIsToldOfTheClosing) {
  expect_holds([] { two_are_told_of_the_closing([](core::Engine& engine) { engine.wait_for_idle(); }); });
}

TEST(EndingScenario, WhoWantsASlotIsToldOfTheClosing) {
  expect_holds([] { two_are_told_of_the_closing([](core::Engine& engine) { engine.acquire(); }); });
}

// The one that closes may be waiting for the first run by then, with its deadline or without.
TEST(EndingScenario, ARunThatStartsAfterTheClosingHasItsTimeToo) {
  expect_holds(
      [] {
        Stage stage(1);
        stage.submit();
        stage.submit(nullptr, waits_in_line());
        CloseResult result;
        {
          const Thread device([&] { stage.backend().complete(0); });
          result = stage.engine().close(CloseMode::drain, {.per_run = 1s});
        }
        check(result.abandoned == 1, "of the one slot's runs one is given up");
        if (result.cancelled == 0) stage.backend().complete(0);
        stage.finish_closed(result.abandoned);
      },
      compact);
}

// Both wait for the same, but only one of them has anything to do when the second run starts.
TEST(EndingScenario, ARunThatStartsAfterTheClosingHasItsTimeWhoeverElseWaits) {
  expect_holds([] {
    Stage stage(1);
    stage.submit();
    stage.submit(nullptr, waits_in_line());
    std::size_t abandoned = 0;
    {
      const Thread waiter([&] { stage.engine().wait_all(); });
      const Thread device([&] { stage.backend().complete(0); });
      abandoned = stage.engine().close(CloseMode::drain, {.per_run = 1s}).abandoned;
    }
    if (stage.engine().report().slots[0].state == SlotState::abandoned) stage.backend().complete(0);
    stage.finish_closed(abandoned);
  });
}

TEST(EndingScenario, TwoSubmittersTwoSlotsACallbackThatSubmitsAWaitAndAClosing) {
  expect_holds(
      [] {
        Stage stage(2);
        stage.backend().add_device_thread();
        {
          const Thread one([&] {
            const Request& request = stage.submit([&] { stage.submit(); });
            stage.wait_all({&request});
          });
          const Thread other([&] { stage.submit(); });
          stage.engine().close(CloseMode::drain, {});
        }
        stage.finish_closed();
      },
      {.quick = 2, .full = 4});
}

TEST(EndingScenario, ClosingCancelsBesideTheSlotThatComes) {
  expect_holds(
      [] {
        Stage stage(1);
        stage.backend().add_device_thread();
        const Request& first = stage.submit();
        const Request& second = stage.submit(nullptr, waits_in_line());
        const CloseResult result = stage.engine().close(CloseMode::cancel, {});
        check(first.has_returned && second.has_returned, "close() returned before a callback had");
        check_one_of(second, Ended::value, Ended::cancelled);
        check(result.cancelled == (second.outcome == Ended::cancelled ? 1U : 0U), "another number of cancelled ones");
        stage.finish_closed();
      },
      compact);
}

TEST(EndingScenario, ADrainAndACancelOfOneEngine) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().add_device_thread();
    stage.submit();
    stage.submit(nullptr, waits_in_line());
    {
      const Thread other([&] { stage.engine().close(CloseMode::drain, {}); });
      stage.engine().close(CloseMode::cancel, {});
    }
    stage.finish_closed();
  });
}

TEST(EndingScenario, AClosingThatGivesUpAsTheDeviceCompletes) {
  expect_holds(
      [] {
        Stage stage(1);
        const Request& running = stage.submit();
        const Request& waiting = stage.submit(nullptr, waits_in_line());
        CloseResult result;
        {
          const Thread device([&] {
            stage.backend().complete(0);
            stage.backend().complete(0);  // the one that waited, if it runs now; else once more for nothing
          });
          result = stage.engine().close(CloseMode::drain, {.timeout = 1s});
          check(running.has_returned && waiting.has_returned, "close() returned before a callback had");
        }
        const auto is_error = [](const Request& request) { return request.outcome == Ended::error ? 1U : 0U; };
        check(result.abandoned == is_error(running) + is_error(waiting), "another number of abandoned ones");
        check(result.cancelled == (waiting.outcome == Ended::cancelled ? 1U : 0U), "another number of cancelled ones");
        stage.finish_closed(result.abandoned);
      },
      compact);
}

TEST(EndingScenario, AnAbandonedRunThatCompletesTwice) {
  expect_holds(
      [] {
        Stage stage(1);
        const Request& running = stage.submit();
        {
          const Thread device([&] { stage.backend().complete(0); });
          const Thread again([&] { stage.backend().complete(0); });
          stage.engine().close(CloseMode::cancel, {.timeout = 1s});
        }
        check(running.has_returned, "close() returned before the callback had");
        stage.finish_closed(stage.engine().statistics().abandoned);
      },
      compact);
}

TEST(EndingScenario, TheDestructorBesideTheCompletionAndTheLine) {
  expect_holds(
      [] {
        Stage stage(1, {.abandon_after = 1s});
        stage.backend().add_device_thread();
        stage.submit();
        stage.submit(nullptr, waits_in_line());
        stage.destroy();
      },
      compact);
}

}  // namespace
}  // namespace inferqueue::explore
