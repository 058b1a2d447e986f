// Submission, completion, leases and views on a backend that completes when the test says so.
#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include <inferqueue/error.hpp>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using core::SlotId;

TEST_F(EngineTest, HandsOutSlotsFirstInFirstOut) {
  make_engine(3);
  for (int i = 0; i < 3; ++i) engine->submit(record(i));
  EXPECT_FALSE(engine->is_ready());
  backend->complete(2);
  backend->complete(0);
  EXPECT_TRUE(engine->is_ready());
  EXPECT_EQ(engine->wait_for_idle(), 2U);
  for (int i = 0; i < 2; ++i) engine->submit(record(i));
  EXPECT_EQ(backend->wait_for_starts(5), (std::vector<SlotId>{0, 1, 2, 2, 0}));
  for (const SlotId slot : {0U, 1U, 2U}) backend->complete(slot);
}

TEST_F(EngineTest, GivesEachRequestItsIdItsSlotAndItsOutputs) {
  make_engine(2);
  std::vector<int> outputs;
  const auto see = [&](FakeRecord& r) { outputs.push_back(*r.output); };
  EXPECT_EQ(engine->submit(record(10, see)), 1U);
  EXPECT_EQ(engine->submit(record(20, see)), 2U);
  backend->complete(1);
  backend->complete(0);
  EXPECT_EQ(outputs, (std::vector<int>{21, 11}));
  const auto latest = engine->snapshot(1).latest;
  EXPECT_EQ(latest->id, 2U);
  EXPECT_EQ(latest->slot, 1U);
  EXPECT_GE(latest->completed, latest->started);
}

TEST_F(EngineTest, SubmissionWaitsForASlotAndGetsTheOneThatIsFreed) {
  make_engine(2);
  engine->submit(record(0));
  engine->submit(record(1));
  std::atomic<RequestId> id{0};
  std::thread submitter([&] { id = engine->submit(record(2)); });
  backend->complete(1);  // may come before or after the submitter waits: both must work
  EXPECT_EQ(backend->wait_for_starts(3).back(), 1U);
  submitter.join();
  EXPECT_EQ(id, 3U);
  backend->complete(0);
  backend->complete(1);
  expect_all_slots_idle();
}

TEST_F(EngineTest, WaitAllReturnsAfterTheCallbacks) {
  make_engine(2);
  std::barrier inside(2);
  std::atomic<bool> returned{false};
  engine->submit(record(0, [&](FakeRecord&) {
    inside.arrive_and_wait();
    inside.arrive_and_wait();
    returned = true;
  }));
  std::thread device([&] { backend->complete(0); });
  inside.arrive_and_wait();
  std::thread opener([&] { inside.arrive_and_wait(); });
  engine->wait_all();
  EXPECT_TRUE(returned);
  device.join();
  opener.join();
}

TEST_F(EngineTest, WaitAllIsNotHeldUpByLaterSubmissions) {
  make_engine(2);
  std::atomic<bool> waited{false};
  engine->submit(record(0));
  std::thread waiter([&] {
    engine->wait_all();
    waited = true;
  });
  // From here on the queue is never empty until the waiter is through: it must not wait for emptiness.
  for (SlotId running = 0; !waited; running = 1 - running) {
    engine->submit(record(1));
    backend->complete(running);
  }
  waiter.join();
  for (const SlotId slot : {0U, 1U})
    if (engine->snapshot(slot).state == SlotState::running) backend->complete(slot);
}

TEST_F(EngineTest, WaitAllDoesNotWaitForLeases) {
  make_engine(2);
  const SlotId leased = engine->acquire();
  EXPECT_EQ(engine->snapshot(leased).state, SlotState::leased);
  EXPECT_TRUE(engine->wait_all().empty());
  engine->release(leased);
  expect_all_slots_idle();
}

TEST_F(EngineTest, ALeaseIsStartedOnItsOwnSlot) {
  make_engine(3);
  const SlotId first = engine->acquire();
  const SlotId second = engine->acquire();
  engine->start(second, record(5));
  EXPECT_EQ(backend->wait_for_starts(1), (std::vector<SlotId>{1}));
  engine->release(first);
  backend->complete(second);
  expect_all_slots_idle();
}

TEST_F(EngineTest, OutputsSurviveWhileSomebodyHoldsTheRequest) {
  make_engine(1);
  base::Ref<FakeRecord> held = record(10);
  engine->submit(held);
  backend->complete(0);
  const std::shared_ptr<int> output = held->output;
  engine->submit(record(20));
  backend->complete(0);
  EXPECT_EQ(held->output, output);
  EXPECT_EQ(*output, 11);
  EXPECT_EQ(*static_cast<FakeRecord&>(*engine->snapshot(0).latest).output, 21);
}

TEST_F(EngineTest, ASlotTakesTheOutputsBackThatNobodyHolds) {
  make_engine(1);
  engine->submit(record(10));
  backend->complete(0);
  const int* memory = static_cast<FakeRecord&>(*engine->snapshot(0).latest).output.get();
  engine->submit(record(20));
  // A view taken while the slot runs again shows no output that is being overwritten.
  EXPECT_EQ(static_cast<FakeRecord&>(*engine->snapshot(0).latest).output, nullptr);
  backend->complete(0);
  EXPECT_EQ(static_cast<FakeRecord&>(*engine->snapshot(0).latest).output.get(), memory);
}

TEST_F(EngineTest, AnIdOutsideTheQueueIsRefused) {
  make_engine(2);
  EXPECT_THROW(engine->snapshot(2), std::out_of_range);
}

TEST_F(EngineTest, ASlotSaysWhatItIsDoing) {
  make_engine(1);
  EXPECT_EQ(engine->report().slots.at(0).request, 0U) << "none so far";
  const RequestId id = engine->submit(record(1));
  EXPECT_EQ(engine->report().slots.at(0).state, SlotState::running);
  EXPECT_EQ(engine->report().slots.at(0).request, id);
  std::optional<core::SlotId> leased;
  std::thread waiter([&] { leased = engine->acquire(); });
  wait_for_waiters(1);
  backend->complete(0);
  waiter.join();
  EXPECT_EQ(engine->report().slots.at(0).state, SlotState::leased) << "it was handed on";
  EXPECT_EQ(engine->report().slots.at(0).request, 0U);
  engine->release(*leased);
}

TEST_F(EngineTest, TheReportTellsSinceWhenASlotIsInItsState) {
  const auto begun = base::Clock::now();
  make_engine(1);
  engine->submit(record(0));
  const auto submitted = base::Clock::now();
  const auto runs = engine->report().slots.at(0).duration;
  EXPECT_LE(runs, base::Clock::now() - begun);
  backend->complete(0);
  const auto idle = engine->report().slots.at(0).duration;
  EXPECT_LE(idle, base::Clock::now() - submitted) << "it is idle only since the completion";
}

/// As a queue does whose callback is set while a submission waits.
struct LateHandler : FakeRecord {
  explicit LateHandler(std::shared_ptr<const core::Handler> chosen) : later(std::move(chosen)) {}
  void on_acceptance() override { retired = std::exchange(handler, later); }
  std::shared_ptr<const core::Handler> later;
};

TEST_F(EngineTest, AReplacedHandlerIsLetGoThoughTheRequestIsKept) {
  make_engine(1);
  int called = 0;
  auto first = std::make_shared<LambdaHandler>([](FakeRecord&) { FAIL(); });
  const std::weak_ptr<LambdaHandler> still_there = first;
  const auto kept = base::make_ref<LateHandler>(std::make_shared<LambdaHandler>([&](FakeRecord&) { ++called; }));
  kept->handler = std::move(first);
  engine->submit(kept);
  EXPECT_FALSE(still_there.expired());
  backend->complete(0);
  EXPECT_EQ(called, 1);
  EXPECT_TRUE(still_there.expired());
}

TEST_F(EngineTest, ARequestWithoutAHandlerEndsLikeAnyOther) {
  make_engine(1);
  const auto without = [] { return base::make_ref<FakeRecord>(); };
  engine->submit(without());
  backend->complete(0);
  EXPECT_TRUE(engine->wait_all().empty());
  engine->submit(without());
  backend->complete(0, std::make_exception_ptr(std::runtime_error("unheard")));
  ASSERT_EQ(engine->wait_all().size(), 1U);
  EXPECT_EQ(engine->statistics().values, 1U);
  EXPECT_EQ(engine->statistics().errors, 1U);
}

}  // namespace
}  // namespace inferqueue::testing
