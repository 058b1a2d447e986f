// Waits that end before their condition is met: what they say, and that they leave nothing behind.
#include <atomic>
#include <barrier>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <inferqueue/error.hpp>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using namespace std::chrono_literals;
using core::SlotId;

const WaitOptions at_once{.timeout = 0ns};

using EngineWaitTest = EngineTest;

TEST_F(EngineWaitTest, ATimeoutSaysWhatEverySlotIsDoing) {
  make_engine(3);
  const SlotId running = engine->acquire();
  const RequestId request = engine->start(running, record(1));
  const SlotId leased = engine->acquire();
  try {
    engine->wait_all({.timeout = 1ms});
    FAIL() << "the request never completes";
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.code(), Errc::timed_out);
    const QueueReport& report = error.report();
    ASSERT_EQ(report.slots.size(), 3U);
    EXPECT_EQ(report.slots[running].state, SlotState::running);
    EXPECT_EQ(report.slots[running].request, request);
    EXPECT_GE(report.slots[running].duration, 1ms);
    EXPECT_EQ(report.slots[leased].state, SlotState::leased);
    EXPECT_EQ(report.slots[leased].request, 0U);
    EXPECT_EQ(report.slots[3 - running - leased].state, SlotState::idle);
    EXPECT_EQ(report.unfinished, 1U);
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("waited 0.0")) << text;
    EXPECT_NE(text.find(" for all requests: slot "), std::string::npos) << text;
    EXPECT_NE(text.find("slot " + std::to_string(running) + " running request 1 for 0.0"), std::string::npos) << text;
  }
  engine->release(leased);
  backend->complete(running);
}

TEST_F(EngineWaitTest, NoWaitIsWithoutABound) {
  make_engine(1);
  engine->submit(record(0));
  EXPECT_EQ(code_of([&] { engine->submit(record(1), {.wait = at_once}); }), Errc::timed_out);
  EXPECT_EQ(code_of([&] { engine->acquire(at_once); }), Errc::timed_out);
  EXPECT_EQ(code_of([&] { engine->wait_for_idle(at_once); }), Errc::timed_out);
  EXPECT_EQ(code_of([&] { engine->wait_all(at_once); }), Errc::timed_out);
  EXPECT_EQ(code_of([&] { engine->acquire({.timeout = -1h}); }), Errc::timed_out);
  std::stop_source stop;
  stop.request_stop();
  const WaitOptions stopped{.stop = stop.get_token()};
  EXPECT_EQ(code_of([&] { engine->submit(record(1), {.wait = stopped}); }), Errc::stopped);
  EXPECT_EQ(code_of([&] { engine->acquire(stopped); }), Errc::stopped);
  EXPECT_EQ(code_of([&] { engine->wait_for_idle(stopped); }), Errc::stopped);
  EXPECT_EQ(code_of([&] { engine->wait_all(stopped); }), Errc::stopped);
  EXPECT_EQ(engine->report().waiting, 0U) << "nobody was left in line";
  backend->complete(0);
  expect_all_slots_idle();
}

TEST_F(EngineWaitTest, WhatIsThereIsTakenWhateverTheLimit) {
  make_engine(1);
  std::stop_source stop;
  stop.request_stop();
  const WaitOptions hopeless{.timeout = 0ns, .stop = stop.get_token()};
  EXPECT_EQ(engine->wait_for_idle(hopeless), 0U);
  EXPECT_TRUE(engine->wait_all(hopeless).empty());
  engine->release(engine->acquire(hopeless));
  engine->submit(record(0), {.wait = hopeless});
  backend->complete(0);
  expect_all_slots_idle();
}

TEST_F(EngineWaitTest, TheLongestTimeoutIsNoTimeout) {
  make_engine(1);
  const SlotId leased = engine->acquire();
  std::jthread waiter([&] { engine->release(engine->acquire({.timeout = std::chrono::nanoseconds::max()})); });
  wait_for_waiters(1);
  engine->release(leased);
  waiter.join();
  expect_all_slots_idle();
}

TEST_F(EngineWaitTest, ARequestToStopWakesEveryKindOfWait) {
  make_engine(1);
  engine->submit(record(0));
  std::stop_source stop;
  const WaitOptions options{.stop = stop.get_token()};
  std::atomic<int> stopped{0};
  std::vector<std::jthread> threads;
  const auto expect_stopped = [&](auto&& call) {
    threads.emplace_back([&, call] { stopped += code_of(call) == Errc::stopped ? 1 : 0; });
  };
  expect_stopped([&] { engine->submit(record(1), {.wait = options}); });
  expect_stopped([&] { engine->acquire(options); });
  expect_stopped([&] { engine->wait_for_idle(options); });
  expect_stopped([&] { engine->wait_all(options); });
  wait_for_waiters(2);
  stop.request_stop();
  threads.clear();
  EXPECT_EQ(stopped, 4);
  EXPECT_EQ(engine->report().waiting, 0U);
  backend->complete(0);
  expect_all_slots_idle();
}

TEST_F(EngineWaitTest, WhoGivesUpLeavesItsPlaceToTheNext) {
  make_engine(1);
  const SlotId leased = engine->acquire();
  std::stop_source stop;
  std::jthread first([&] { EXPECT_EQ(code_of([&] { engine->acquire({.stop = stop.get_token()}); }), Errc::stopped); });
  wait_for_waiters(1);
  std::jthread second([&] { engine->submit(record(2)); });
  wait_for_waiters(2);
  stop.request_stop();
  first.join();
  EXPECT_EQ(engine->report().waiting, 1U);
  engine->release(leased);
  second.join();
  EXPECT_EQ(backend->wait_for_starts(1), std::vector<SlotId>{0});
  backend->complete(0);
  expect_all_slots_idle();
}

TEST_F(EngineWaitTest, WaitAllThatGivesUpKeepsTheErrors) {
  make_engine(2);
  engine->submit(record(0));
  engine->submit(record(1));
  backend->complete(0, std::make_exception_ptr(std::runtime_error("the first")));
  EXPECT_EQ(code_of([&] { engine->wait_all(at_once); }), Errc::timed_out);
  backend->complete(1);
  const auto errors = engine->wait_all();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(message_of<std::runtime_error>(errors[0]), "the first");
}

TEST_F(EngineWaitTest, ACallbackMayAskOthersToStop) {
  make_engine(1);
  std::stop_source stop;
  engine->submit(record(0, [&](FakeRecord&) { stop.request_stop(); }));
  std::jthread waiter([&] {
    try {
      engine->release(engine->acquire({.stop = stop.get_token()}));  // which of the two comes first
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::stopped);
    }
  });
  wait_for_waiters(1);
  backend->complete(0);
  waiter.join();
  expect_all_slots_idle();
}

TEST_F(EngineWaitTest, WhileACallbackRunsTheReportNamesItsRequest) {
  make_engine(1);
  QueueReport seen;
  const RequestId request = engine->submit(record(0, [&](FakeRecord&) { seen = engine->report(); }));
  backend->complete(0);
  ASSERT_EQ(seen.slots.size(), 1U);
  EXPECT_EQ(seen.slots[0].state, SlotState::finishing);
  EXPECT_EQ(seen.slots[0].request, request);
  EXPECT_EQ(seen.unfinished, 1U);
  EXPECT_EQ(engine->report().slots[0].state, SlotState::idle);
  EXPECT_EQ(engine->report().slots[0].request, 0U);
}

// A slot is handed over just as its waiter gives up: it is either used or passed on, never lost.
TEST_F(EngineWaitTest, NoSlotIsLostBetweenATimeoutAndAHandOver) {
  make_engine(1);
  constexpr int rounds = 3000;
  std::atomic<int> taken{0};
  std::atomic<int> given_up{0};
  std::barrier begin(2);
  const auto work = [&](std::chrono::nanoseconds timeout) {
    begin.arrive_and_wait();
    for (int i = 0; i < rounds; ++i) {
      try {
        const SlotId slot = engine->acquire({.timeout = timeout * (i % 7)});
        ++taken;
        std::this_thread::yield();
        engine->release(slot);
      } catch (const TimeoutError&) {
        ++given_up;
      }
    }
  };
  std::jthread one(work, 700ns);
  std::jthread other(work, 1100ns);
  one.join();
  other.join();
  EXPECT_EQ(taken + given_up, 2 * rounds);
  EXPECT_GT(taken, 0);
  expect_all_slots_idle();
  EXPECT_EQ(engine->report().waiting, 0U);
}

// The same with a request to stop.
TEST_F(EngineWaitTest, NoSlotIsLostBetweenAStopAndAHandOver) {
  make_engine(1);
  for (int i = 0; i < 500; ++i) {
    const SlotId leased = engine->acquire();
    std::stop_source stop;
    std::barrier begin(2);
    std::jthread waiter([&] {
      try {
        engine->release(engine->acquire({.stop = stop.get_token()}));
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Errc::stopped);
      }
    });
    std::jthread stopper([&] {
      begin.arrive_and_wait();
      stop.request_stop();
    });
    if (i % 2 == 0) wait_for_waiters(1);
    begin.arrive_and_wait();
    engine->release(leased);
    stopper.join();
    waiter.join();
  }
  expect_all_slots_idle();
}

TEST(QueueReportText, NamesWhatIsBusyAndCountsTheRest) {
  QueueReport report;
  EXPECT_EQ(to_string(report), "0 idle; 0 requests and 0 threads wait for a slot; 0 requests are unfinished");
  report.slots = {{.slot = 0, .state = SlotState::running, .duration = 5003ms, .request = 17},
                  {.slot = 1, .state = SlotState::idle, .duration = 1s, .request = 0},
                  {.slot = 2, .state = SlotState::leased, .duration = 12s, .request = 0},
                  {.slot = 3, .state = SlotState::finishing, .duration = 1us, .request = 9}};
  report.waiting = 1;
  report.unfinished = 1;
  EXPECT_EQ(
      to_string(report),
      "slot 0 running request 17 for 5.003 s, slot 2 leased for 12.000 s, slot 3 finishing request 9 for 0.000 s, "
      "1 idle; 0 requests and 1 thread waits for a slot; 1 request is unfinished");
  report.slots.assign(20, {.slot = 5, .state = SlotState::leased, .duration = 1s, .request = 0});
  EXPECT_NE(to_string(report).find("slot 5 leased for 1.000 s, 4 more, 0 idle;"), std::string::npos);
  report.slots.resize(16);
  EXPECT_NE(to_string(report).find("slot 5 leased for 1.000 s, 0 idle;"), std::string::npos) << "all are named";
}

}  // namespace
}  // namespace inferqueue::testing
