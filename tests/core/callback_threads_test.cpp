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

// ---- slots that go on while callbacks still read the outputs
// ---------------------------------------------------------

class BacklogTest : public EngineTest {
 protected:
  /// Its callback waits for go_on, and then looks at its output.
  base::Ref<FakeRecord> held_up(int input) {
    return record(input, [this](FakeRecord& r) {
      ++inside;
      while (!go_on) std::this_thread::yield();
      if (*r.output == r.input + 1) ++intact;
    });
  }
  void wait_inside(int count) const {
    while (inside < count) std::this_thread::yield();
  }

  std::atomic<int> inside{0};
  std::atomic<int> intact{0};
  std::atomic<bool> go_on{false};
};

TEST_F(BacklogTest, ASlotGoesOnWhileItsCallbackReadsTheOutputs) {
  make_engine(1, {.callback_threads = 1, .callback_backlog = 2});
  for (int i = 0; i < 3; ++i) {
    engine->submit(held_up(i));
    backend->complete(0);
  }
  wait_inside(1);
  EXPECT_EQ(slot_states(), (std::vector{SlotState::finishing})) << "two may have left their slot, not three";
  EXPECT_FALSE(engine->try_acquire());
  EXPECT_EQ(engine->report().unfinished, 3U);
  go_on = true;
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(intact, 3);
  EXPECT_EQ(static_cast<const FakeRecord&>(*engine->snapshot(0).latest).input, 2);
  expect_all_slots_idle();
}

TEST_F(BacklogTest, WhatKeptItsSlotTakesNoPlaceInIt) {
  make_engine(1, {.callback_threads = 1, .callback_backlog = 1});
  for (int round = 0; round < 2; ++round) {
    go_on = false;
    const int before = inside;
    engine->submit(held_up(0));
    backend->complete(0);
    wait_inside(before + 1);
    EXPECT_EQ(slot_states(), std::vector{SlotState::idle}) << "the first leaves its slot, in every round";
    engine->submit(held_up(1));
    backend->complete(0);
    EXPECT_EQ(slot_states(), std::vector{SlotState::finishing});
    go_on = true;
    EXPECT_TRUE(engine->wait_all().empty());
  }
}

// Two threads: the callback of the earlier of a slot's requests returns last.
TEST_F(BacklogTest, TheLatestOfASlotIsTheOneSubmittedLast) {
  make_engine(1, {.callback_threads = 2, .callback_backlog = 2});
  engine->submit(held_up(0));
  backend->complete(0);
  wait_inside(1);
  engine->submit(logged(1));
  backend->complete(0);
  wait_for_log(1);
  go_on = true;
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(static_cast<const FakeRecord&>(*engine->snapshot(0).latest).input, 1);
}

TEST_F(BacklogTest, AsManyAsThereAreSlotsUnlessSaidOtherwise) {
  make_engine(2, {.callback_threads = 1});
  for (int i = 0; i < 4; ++i) {
    const core::SlotId slot = engine->acquire();
    engine->start(slot, held_up(i));
    backend->complete(slot);
  }
  EXPECT_EQ(slot_states(), (std::vector{SlotState::finishing, SlotState::finishing})) << "two have left, two have not";
  go_on = true;
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(intact, 4);
  expect_all_slots_idle();
}

TEST_F(BacklogTest, WithoutABacklogASlotWaitsForItsCallback) {
  make_engine(1, {.callback_threads = 1, .callback_backlog = 0});
  engine->submit(held_up(0));
  backend->complete(0);
  wait_inside(1);
  EXPECT_EQ(slot_states(), (std::vector{SlotState::finishing}));
  go_on = true;
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

/// As a coroutine's.
class OwnThreadHandler final : public core::Handler {
 public:
  explicit OwnThreadHandler(std::atomic<std::thread::id>& thread) : thread_(thread) {}
  void on_value(core::Record&) const override { thread_ = std::this_thread::get_id(); }
  bool on_error(core::Record&) const override {
    thread_ = std::this_thread::get_id();
    return true;
  }
  bool wants_own_thread() const noexcept override { return true; }

 private:
  std::atomic<std::thread::id>& thread_;
};

TEST_F(BacklogTest, WhatWantsAThreadOfItsOwnGetsOneWhereCallbacksRunInline) {
  make_engine(1);
  std::atomic<std::thread::id> value_thread;
  std::atomic<std::thread::id> cancel_thread;
  auto first = record(0);
  first->handler = std::make_shared<OwnThreadHandler>(value_thread);
  engine->submit(std::move(first));
  auto second = record(1);
  second->handler = std::make_shared<OwnThreadHandler>(cancel_thread);
  engine->cancel(engine->submit(std::move(second), {.backpressure = Backpressure::reject}));
  backend->complete(0);
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_NE(value_thread.load(), std::this_thread::get_id());
  EXPECT_NE(value_thread.load(), std::thread::id());
  EXPECT_EQ(cancel_thread.load(), value_thread.load()) << "one thread is enough";
  std::thread::id plain;
  engine->submit(record(2, [&](FakeRecord&) { plain = std::this_thread::get_id(); }));
  backend->complete(0);
  EXPECT_EQ(plain, std::this_thread::get_id());
}

/// Waits, as code that a coroutine goes on with may.
class WaitingHandler final : public core::Handler {
 public:
  explicit WaitingHandler(const std::atomic<bool>& go_on) : go_on_(go_on) {}
  void on_value(core::Record&) const override {
    while (!go_on_) std::this_thread::yield();
  }
  bool on_error(core::Record&) const override { return true; }
  bool wants_own_thread() const noexcept override { return true; }

 private:
  const std::atomic<bool>& go_on_;
};

TEST_F(BacklogTest, WhatRunsInlineTakesNoPlaceInIt) {
  make_engine(1, {.callback_backlog = 1});
  engine->submit(record(0));
  backend->complete(0);
  auto second = record(1);
  second->handler = std::make_shared<WaitingHandler>(go_on);
  engine->submit(std::move(second));
  backend->complete(0);
  EXPECT_EQ(slot_states(), std::vector{SlotState::idle}) << "what waits has a thread of its own";
  go_on = true;
  EXPECT_TRUE(engine->wait_all().empty());
}

}  // namespace
}  // namespace inferqueue::testing
