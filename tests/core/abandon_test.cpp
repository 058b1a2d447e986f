// A device that doesn't complete what it has begun.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "core/gate.hpp"
#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using namespace std::chrono_literals;
using core::SlotId;
using Log = std::vector<std::string>;

const SubmitOptions waits_in_line{.backpressure = Backpressure::reject};

class AbandonTest : public EngineTest {
 protected:
  CloseResult close_at_once() { return engine->close(CloseMode::drain, {.timeout = 0ns}); }
};

TEST_F(AbandonTest, WhatIsNotCompletedInTimeIsAbandonedAndWhatWaitsIsCancelled) {
  make_engine(2);
  std::vector<Errc> codes;
  const auto told = [&](FakeRecord& r) { codes.push_back(code_of_error(r.error)); };
  engine->submit(record(0, nullptr, told));
  engine->submit(record(1, nullptr, told));
  engine->submit(record(2, nullptr, told), waits_in_line);
  const CloseResult result = close_at_once();
  EXPECT_EQ(result.abandoned, 2U);
  EXPECT_EQ(result.cancelled, 1U);
  EXPECT_EQ(codes, (std::vector<Errc>{Errc::abandoned, Errc::abandoned, Errc::cancelled}));
  EXPECT_EQ(slot_states(), (std::vector{SlotState::abandoned, SlotState::abandoned}));
  const Statistics statistics = engine->statistics();
  EXPECT_EQ(statistics.abandoned, 2U);
  EXPECT_EQ(statistics.errors, 2U);
  EXPECT_EQ(statistics.held, 2U);
  EXPECT_EQ(statistics.unfinished, 0U);
  backend->complete(0);
  backend->complete(1);
  EXPECT_EQ(codes.size(), 3U) << "a late completion is ignored";
}

TEST_F(AbandonTest, ItsErrorGoesToWaitAllWhereNobodyListens) {
  make_engine(1);
  engine->submit(record(0));
  std::thread waiter([&] {
    const auto errors = engine->wait_all();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(code_of_error(errors[0]), Errc::abandoned);
    const std::string text = message_of<Error>(errors[0]);
    EXPECT_TRUE(text.starts_with("request 1 was abandoned: the device had not completed it after ")) << text;
  });
  close_at_once();
  waiter.join();
  backend->complete(0);
}

TEST_F(AbandonTest, TheCompletionOfAnotherRunDoesNotLetGo) {
  make_engine(1);
  engine->submit(record(0));
  close_at_once();
  backend->complete_wrongly(0, RequestId{99});
  EXPECT_EQ(engine->statistics().held, 1U);
  EXPECT_TRUE(backend->is_bound(0));
  backend->complete(0);
  EXPECT_EQ(engine->statistics().held, 0U);
  EXPECT_FALSE(backend->is_bound(0)) << "the slot still has the inputs";
}

TEST_F(AbandonTest, WhatTheDeviceUsesStaysAliveUntilItLetsGo) {
  const std::size_t held_before = abandoned_requests_held();
  make_engine(2);
  auto buffer = std::make_shared<int>(1);
  const std::weak_ptr<int> still_there = buffer;
  for (int i = 0; i < 2; ++i) {
    auto its = record(i);
    its->user_data = buffer;
    engine->submit(std::move(its));
  }
  buffer.reset();
  close_at_once();
  EXPECT_EQ(abandoned_requests_held(), held_before + 2);
  int called = 0;
  EXPECT_TRUE(engine->when_let_go([&] {
    ++called;
    EXPECT_TRUE(still_there.expired()) << "told before all was let go";
  }));
  backend->complete(1);
  EXPECT_EQ(called, 0);
  EXPECT_FALSE(still_there.expired());
  EXPECT_EQ(engine->statistics().held, 1U);
  backend->complete(0);
  EXPECT_EQ(called, 1);
  EXPECT_TRUE(still_there.expired());
  EXPECT_EQ(abandoned_requests_held(), held_before);
  EXPECT_FALSE(engine->when_let_go([&] { ++called; })) << "nothing is held any more";
  backend->complete_wrongly(0);  // once more
  EXPECT_EQ(called, 1);
}

TEST_F(AbandonTest, NothingHeldIsNothingToWaitFor) {
  make_engine(1);
  EXPECT_FALSE(engine->when_let_go([] { FAIL(); }));
}

TEST_F(AbandonTest, TheDestructorGivesEveryRunItsTime) {
  make_engine(2, {.abandon_after = 30ms});
  engine->submit(logged(0));
  engine->submit(logged(1));
  engine->submit(logged(2), waits_in_line);
  // Slot 1 works on; what waits is still run, although slot 0 is stuck.
  std::thread device([&] {
    backend->complete(1);
    backend->wait_for_starts(3);
    backend->complete(1);
  });
  device.join();
  const auto begun = core::Clock::now();
  const CloseResult result = engine->close(CloseMode::drain, {.per_run = 30ms});
  EXPECT_GE(core::Clock::now() - begun, 30ms);
  EXPECT_EQ(result.abandoned, 1U);
  EXPECT_EQ(result.cancelled, 0U);
  EXPECT_EQ(log(), (Log{"1 value", "2 value", "0 error"}));
  engine.reset();
}

TEST_F(AbandonTest, NoPatienceAtAllIsNone) {
  make_engine(1, {.abandon_after = std::chrono::nanoseconds::min()});
  engine->submit(logged(0));
  std::thread device([this] {
    wait_for_log(1);  // when it has been abandoned; the backend's destructor waits for nothing
  });
  engine.reset();
  device.join();
  EXPECT_EQ(log(), (Log{"0 error"}));
}

TEST_F(AbandonTest, WhatWaitsForAStuckDeviceIsCancelled) {
  make_engine(1);
  engine->submit(logged(0));
  engine->submit(logged(1), waits_in_line);
  EXPECT_EQ(engine->close(CloseMode::drain, {.per_run = 1ms}).cancelled, 1U);
  EXPECT_EQ(log(), (Log{"0 error", "1 cancelled"}));
}

TEST_F(AbandonTest, TheTimeoutDoesNotCutACallbackOff) {
  make_engine(1, {.callback_threads = 1});
  std::atomic<bool> go_on{false};
  std::atomic<bool> returned{false};
  engine->submit(record(0, [&](FakeRecord&) {
    while (!go_on) std::this_thread::yield();
    returned = true;
  }));
  backend->complete(0);
  std::thread closer([&] {
    const CloseResult result = close_at_once();
    EXPECT_TRUE(returned);
    EXPECT_EQ(result.abandoned, 0U);
  });
  go_on = true;
  closer.join();
}

TEST_F(AbandonTest, AStartThatFailsAfterItsRunWasAbandonedLetsGo) {
  make_engine(1);
  backend->on_start = [&](SlotId) {
    std::thread([&] { EXPECT_EQ(close_at_once().abandoned, 1U); }).join();
    throw std::runtime_error("too late");
  };
  EXPECT_EQ(engine->submit(logged(0)), 1U) << "it was accepted, and has its outcome";
  EXPECT_EQ(log(), (Log{"0 error"}));
  EXPECT_EQ(engine->statistics().held, 0U);
}

TEST_F(AbandonTest, ABindThatFailsAfterItsRunWasAbandonedLetsGo) {
  make_engine(1);
  engine->submit(logged(0));
  engine->submit(logged(1), waits_in_line);
  backend->on_bind = [&](SlotId) {
    std::thread([&] { close_at_once(); }).join();
    throw std::runtime_error("too late");
  };
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"0 value", "1 error"}));
  EXPECT_EQ(engine->statistics().held, 0U);
  EXPECT_EQ(engine->statistics().abandoned, 1U);
}

// Its record is on the list of the thread that will start it, and goes onto that of the thread that gives it up.
TEST_F(AbandonTest, ARunThatIsAboutToBeStartedIsAbandoned) {
  make_engine(2);
  const SlotId leased = engine->acquire();
  const SlotId other = 1 - leased;
  engine->submit(logged(0));
  engine->submit(logged(1), waits_in_line);
  engine->submit(logged(2), waits_in_line);
  std::thread closer;
  backend->on_bind = [&](SlotId) {
    if (closer.joinable()) return;
    engine->release(leased);  // 2 has a slot now, and is to be started after 1, on this thread
    closer = std::thread([&] { EXPECT_EQ(close_at_once().abandoned, 2U); });
    wait_for_log(3);
  };
  backend->complete(other);
  closer.join();
  EXPECT_EQ(log(), (other == 0 ? Log{"0 value", "1 error", "2 error"} : Log{"0 value", "2 error", "1 error"}));
  EXPECT_EQ(engine->statistics().held, 2U);
  EXPECT_EQ(backend->wait_for_starts(3), (std::vector{other, other, leased}));
  backend->complete(0);
  backend->complete(1);
  EXPECT_EQ(log().size(), 3U);
  EXPECT_EQ(engine->statistics().held, 0U);
  EXPECT_EQ(engine->statistics().errors, 2U);
}

// A callback's thread starts a run, which is over before the call returns; nothing is unfinished any more.
TEST_F(AbandonTest, TheBackendOutlivesTheCallsOfTheCallbackThreads) {
  std::promise<void> destroyed;
  std::promise<void> inside;
  make_engine(1, {.callback_threads = 2, .callback_backlog = 0});
  std::atomic<int> starts{0};
  backend->at_end = [&](const std::vector<std::string>&) { destroyed.set_value(); };
  backend->on_started = [&](SlotId) {
    if (++starts != 2) return;
    wait_for_log(1);
    inside.set_value();
    EXPECT_EQ(destroyed.get_future().wait_for(100ms), std::future_status::timeout);
  };
  backend->complete_on_threads(1);
  std::atomic<bool> next_is_there{false};
  engine->submit(record(0, [&](FakeRecord&) {
    while (!next_is_there) std::this_thread::yield();
  }));
  engine->submit(logged(1), waits_in_line);
  next_is_there = true;
  inside.get_future().wait();
  engine.reset();
}

// ---- Gate -----------------------------------------------------------------------------------------------------------

TEST(Gate, NobodyInsideIsNobodyToWaitFor) {
  core::Gate gate;
  {
    const core::Gate::Inside inside(gate);
  }
  EXPECT_TRUE(gate.close_and_wait(core::Clock::now()));
}

TEST(Gate, TheOneWhoClosesWaitsForTheLastToLeave) {
  core::Gate gate;
  std::atomic<bool> left{false};
  auto first = std::make_unique<core::Gate::Inside>(gate);
  auto last = std::make_unique<core::Gate::Inside>(gate);
  std::thread closer([&] {
    EXPECT_TRUE(gate.close_and_wait(core::Clock::time_point::max()));
    EXPECT_TRUE(left);
  });
  first.reset();
  left = true;
  last.reset();
  closer.join();
}

TEST(Gate, WhoDoesNotLeaveIsNotWaitedForWithoutAnEnd) {
  core::Gate gate;
  const core::Gate::Inside inside(gate);
  EXPECT_FALSE(gate.close_and_wait(core::Clock::now() + 1ms));
}

}  // namespace
}  // namespace inferqueue::testing
