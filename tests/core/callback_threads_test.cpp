// Callbacks on threads of the queue's own.
#include <atomic>
#include <barrier>
#include <thread>

#include <inferqueue/error.hpp>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

TEST_F(EngineTest, CallbacksRunSideBySideOnTheQueuesThreads) {
  make_engine(8, {.callback_threads = 8});
  std::barrier all_inside(8);  // nobody gets through alone
  std::atomic<int> through{0};
  for (int i = 0; i < 8; ++i)
    engine->submit(record(i, [&](FakeRecord&) {
      all_inside.arrive_and_wait();
      ++through;
    }));
  for (core::SlotId slot = 0; slot < 8; ++slot) backend->complete(slot);
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(through, 8);
  expect_all_slots_idle();
}

TEST_F(EngineTest, TheReportingThreadIsNotKeptByACallback) {
  make_engine(1, {.callback_threads = 1});
  std::atomic<bool> reported{false};
  engine->submit(record(0, [&](FakeRecord&) {
    while (!reported) std::this_thread::yield();
  }));
  backend->complete(0);  // would not return if the callback ran here
  reported = true;
  EXPECT_TRUE(engine->wait_all().empty());
}

TEST_F(EngineTest, TheQueuesThreadsMustNotWaitEither) {
  make_engine(1, {.callback_threads = 1});
  backend->complete_inside_start();
  std::atomic<bool> refused{false};
  int count = 0;
  LambdaHandler::OnValue next = [&](FakeRecord&) {
    if (++count < 1000) {
      engine->submit(record(0, next));
      return;
    }
    try {
      engine->wait_all();
    } catch (const Error& error) {
      refused = error.code() == Errc::would_deadlock;
    }
  };
  engine->submit(record(0, next));
  while (!refused) std::this_thread::yield();
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(count, 1000);
  expect_all_slots_idle();
}

TEST_F(EngineTest, ShuttingDownWaitsForTheQueuesThreads) {
  make_engine(2, {.callback_threads = 2});
  std::atomic<int> values{0};
  for (int i = 0; i < 2; ++i) engine->submit(record(i, [&](FakeRecord&) { ++values; }));
  for (const core::SlotId slot : {0U, 1U}) backend->complete(slot);
  EXPECT_EQ(backend->violations(), std::vector<std::string>{});
  engine.reset();
  EXPECT_EQ(values, 2);
}

}  // namespace
}  // namespace inferqueue::testing
