// Closing: blocked callers wake, later ones are refused, what was accepted is finished.
#include <atomic>
#include <thread>

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
  engine->shut_down();
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
  std::thread closer([&] { engine->shut_down(); });
  submitter.join();  // woken although no slot was ever freed
  EXPECT_TRUE(told);
  backend->complete(0);
  closer.join();
}

TEST_F(EngineTest, AfterShuttingDownEverySubmissionIsRefused) {
  make_engine(2);
  const SlotId leased = engine->acquire();
  engine->shut_down();
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
  engine->shut_down();
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
  engine->shut_down();  // the only slot is leased by this very thread: it must not wait for it
  EXPECT_EQ(outcome, "the queue was destroyed while all slots were leased");
  engine->release(leased);
}

}  // namespace
}  // namespace inferqueue::testing
