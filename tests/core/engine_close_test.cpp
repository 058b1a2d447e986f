// Closing: blocked callers wake, later ones are refused, what was accepted is finished.
#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include <inferqueue/error.hpp>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using core::SlotId;

TEST_F(EngineTest, ShuttingDownWaitsForWhatWasAccepted) {
  make_engine(2);
  std::atomic<int> values{0};
  engine->submit(record(0, [&](FakeRecord&) { ++values; }));
  engine->submit(record(1, [&](FakeRecord&) { ++values; }));
  std::thread device([&] {
    backend->complete(1);
    backend->complete(0);
  });
  engine->close(CloseMode::drain, {});
  EXPECT_EQ(values, 2);
  device.join();
}

TEST_F(EngineTest, ABlockedSubmitterIsToldThatTheQueueIsClosed) {
  make_engine(1);
  engine->submit(record(0));
  std::atomic<bool> told{false};
  std::thread submitter([&] {
    try {
      engine->submit(record(1));
    } catch (const Error& error) {
      told = error.code() == Errc::closed;
    }
  });
  std::thread closer([&] { engine->close(CloseMode::drain, {}); });
  submitter.join();  // woken although no slot was ever freed
  EXPECT_TRUE(told);
  backend->complete(0);
  closer.join();
}

TEST_F(EngineTest, AfterShuttingDownEverySubmissionIsRefused) {
  make_engine(2);
  const SlotId leased = engine->acquire();
  engine->close(CloseMode::drain, {});
  EXPECT_THROW(engine->submit(record(0)), Error);
  EXPECT_THROW(engine->acquire(), Error);
  EXPECT_THROW(engine->try_acquire(), Error);
  EXPECT_THROW(engine->start(leased, record(0)), Error);
  EXPECT_TRUE(backend->wait_for_starts(0).empty());
}

TEST_F(EngineTest, ShuttingDownFinishesWhatStandsInLine) {
  make_engine(1);
  std::atomic<int> values{0};
  const auto count = [&](FakeRecord&) { ++values; };
  engine->submit(record(0, [&](FakeRecord&) {
    engine->submit(record(1, count));
    engine->submit(record(2, count));
  }));
  std::thread device([&] {
    for (std::size_t i = 1; i <= 3; ++i) {
      backend->wait_for_starts(i);
      backend->complete(0);
    }
  });
  device.join();
  engine->close(CloseMode::drain, {});
  EXPECT_EQ(values, 2);
}

TEST_F(EngineTest, WhatNobodyCanRunAnyMoreGetsAnOutcome) {
  make_engine(1);
  const SlotId leased = engine->acquire();
  // A callback of another queue must not wait, so its submission is accepted and put in line behind the lease.
  auto* other_backend = new FakeBackend(1);
  core::Engine other(std::unique_ptr<core::Backend>(other_backend), {});
  std::string outcome;
  other.submit(record(0, [&](FakeRecord&) {
    engine->submit(record(1, nullptr, [&](FakeRecord& r) { outcome = message_of<Error>(r.error); }));
  }));
  other_backend->complete(0);
  engine->close(CloseMode::drain, {});  // the only slot is leased by this very thread: it must not wait for it
  EXPECT_EQ(outcome, "request 1 was cancelled while it waited for a slot");
  engine->release(leased);
}

TEST_F(EngineTest, ClosingWhileASubmissionBindsRunsWhatStandsInLine) {
  make_engine(1);
  std::latch binding(1);
  std::latch go_on(1);
  backend->on_bind = [&](SlotId) {
    binding.count_down();
    go_on.wait();
  };
  std::thread submitter([&] { EXPECT_EQ(code_of([&] { engine->submit(record(0)); }), Errc::closed); });
  binding.wait();
  engine->submit(logged(1), {.backpressure = Backpressure::reject});
  std::thread closer([&] { engine->close(CloseMode::drain, {}); });
  const auto is_closed = [&] {
    try {
      return engine->try_acquire().has_value();  // never: the only slot is taken
    } catch (const Error&) {
      return true;
    }
  };
  while (!is_closed()) std::this_thread::yield();
  go_on.count_down();  // the submitter is refused, and its slot is free
  backend->wait_for_starts(1);
  backend->complete(0);
  submitter.join();
  closer.join();
  EXPECT_EQ(log(), (std::vector<std::string>{"1 value"}));
}

TEST_F(EngineTest, ClosingCancelsWhatRunsOnEverySlot) {
  make_engine(3);
  backend->on_cancel = [&](core::SlotId slot) { backend->complete(slot, std::make_exception_ptr(Cancelled())); };
  for (int i = 0; i < 3; ++i) engine->submit(logged(i));
  engine->close(CloseMode::cancel, {.timeout = std::chrono::seconds(10)});
  EXPECT_EQ(log(), (std::vector<std::string>{"0 cancelled", "1 cancelled", "2 cancelled"}));
}

TEST_F(EngineTest, ClosingWaitsForATryThatHasItsSlot) {
  make_engine(1);
  const auto slot = engine->try_acquire_to_submit(0);
  ASSERT_TRUE(slot);
  engine->submit(logged(0), {.backpressure = Backpressure::reject});
  std::thread closer([&] { EXPECT_EQ(engine->close(CloseMode::drain, {}).cancelled, 0U); });
  while (engine->statistics().refused_closed == 0) {
    try {
      engine->submit(logged(1), {.backpressure = Backpressure::reject});
      engine->cancel(engine->statistics().accepted);
    } catch (const Error&) {
    }
  }
  engine->release(*slot);
  backend->wait_for_starts(1);
  backend->complete(0);
  closer.join();
  EXPECT_EQ(log().back(), "0 value");
}

TEST_F(EngineTest, ClosingMayCancelWhatWaitsAndAskTheDevice) {
  make_engine(1);
  std::atomic<int> asked{0};
  engine->submit(logged(0));
  engine->submit(logged(1), {.backpressure = Backpressure::reject});
  backend->on_cancel = [&](SlotId slot) {
    ++asked;
    backend->complete(slot, std::make_exception_ptr(Cancelled()));
  };
  const CloseResult result = engine->close(CloseMode::cancel, {});
  EXPECT_EQ(result.cancelled, 1U);
  EXPECT_EQ(result.abandoned, 0U);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(log(), (std::vector<std::string>{"1 cancelled", "0 cancelled"}));
}

TEST_F(EngineTest, ClosingAgainMayCancelWhatTheFirstWouldHaveFinished) {
  make_engine(1);
  engine->submit(logged(0));
  engine->submit(logged(1), {.backpressure = Backpressure::reject});
  std::thread first([&] { engine->close(CloseMode::drain, {}); });
  std::thread second([&] { engine->close(CloseMode::cancel, {}); });
  wait_for_log(1);
  backend->complete(0);
  first.join();
  second.join();
  EXPECT_EQ(log(), (std::vector<std::string>{"1 cancelled", "0 value"}));
}

TEST_F(EngineTest, ClosingInACallbackDoesNotWait) {
  make_engine(2);
  engine->submit(record(0, [&](FakeRecord&) {
    engine->close(CloseMode::drain, {});
    EXPECT_EQ(code_of([&] { engine->submit(record(2)); }), Errc::closed);
  }));
  engine->submit(logged(1));
  backend->complete(0);
  EXPECT_EQ(log(), std::vector<std::string>{});
  backend->complete(1);
  EXPECT_EQ(log(), (std::vector<std::string>{"1 value"}));
}

TEST_F(EngineTest, EveryKindOfCallIsRefusedAfterClosing) {
  make_engine(1);
  engine->submit(record(0, [](FakeRecord&) { throw std::runtime_error("kept"); }));
  backend->complete(0);
  engine->close(CloseMode::drain, {});
  EXPECT_EQ(code_of([&] { engine->wait_for_idle(); }), Errc::closed);
  EXPECT_EQ(code_of([&] { engine->submit(record(1)); }), Errc::closed);
  EXPECT_EQ(code_of([&] { engine->submit(record(1), {.backpressure = Backpressure::reject}); }), Errc::closed);
  EXPECT_FALSE(engine->is_ready());
  EXPECT_EQ(engine->statistics().refused_closed, 3U);
  EXPECT_EQ(engine->wait_all().size(), 1U) << "errors can still be taken";
  EXPECT_FALSE(engine->cancel(1));
}

TEST_F(EngineTest, WaitersForAnIdleSlotAreToldToo) {
  make_engine(1);
  const SlotId leased = engine->acquire();
  std::atomic<int> told{0};
  std::vector<std::thread> threads;
  threads.emplace_back([&] { told += code_of([&] { engine->wait_for_idle(); }) == Errc::closed ? 1 : 0; });
  threads.emplace_back([&] { told += code_of([&] { engine->acquire(); }) == Errc::closed ? 1 : 0; });
  wait_for_waiters(1);
  engine->close(CloseMode::drain, {});
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(told, 2);
  engine->release(leased);
}

}  // namespace
}  // namespace inferqueue::testing
