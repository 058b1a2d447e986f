// Outcomes in the order of submission, source by source.
#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using core::SlotId;
using Log = std::vector<std::string>;

SubmitOptions of_source(std::uint64_t source, Backpressure policy = Backpressure::reject) {
  return {.backpressure = policy, .source = source};
}

using OrderTest = EngineTest;

TEST_F(OrderTest, AnEarlierRequestIsWaitedFor) {
  make_engine(3, {.in_order = true});
  for (int i = 0; i < 3; ++i) engine->submit(logged(i));
  backend->complete(2);
  backend->complete(1);
  EXPECT_EQ(log(), Log{});
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value"}));
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

TEST_F(OrderTest, OneSourceDoesNotHoldUpAnother) {
  make_engine(3, {.in_order = true});
  engine->submit(logged(0), of_source(1));
  engine->submit(logged(1), of_source(2));
  engine->submit(logged(2), of_source(1));
  backend->complete(2);
  backend->complete(1);
  EXPECT_EQ(log(), (Log{"1 value"}));
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"1 value", "0 value", "2 value"}));
}

/// Source 1's first request stands on slot 0, and two have run on slot 1: one more than the backlog.
class FarAhead : public OrderTest {
 protected:
  void get_far_ahead(QueueOptions options) {
    options.callback_backlog = 1;
    options.in_order = true;
    make_engine(2, options);
    const std::vector<SlotId> leased{engine->acquire(), engine->acquire()};
    engine->release(leased[0]);
    engine->submit(logged(0), of_source(1));
    engine->submit(logged(1), of_source(1));  // waits for a slot first
    engine->release(leased[1]);
    backend->complete(1);
    engine->submit(logged(2), of_source(1));
    backend->complete(1);
    EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::idle}));
  }
};

TEST_F(FarAhead, NoMoreOfItAreStartedAndOthersAre) {
  get_far_ahead({.max_pending = 2});
  engine->submit(logged(3), of_source(1));
  EXPECT_FALSE(engine->try_acquire_to_submit(1));
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::idle}));
  engine->submit(logged(10), of_source(2));
  backend->complete(1);
  EXPECT_EQ(log(), Log{"10 value"});
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"10 value", "0 value", "1 value", "2 value"})) << "and 3 is started on one of the slots";
  EXPECT_EQ(engine->report().pending, 0U);
  backend->complete(backend->wait_for_starts(5).back());
  EXPECT_EQ(log().back(), "3 value");
  expect_all_slots_idle();
}

TEST_F(FarAhead, OthersInLinePassIt) {
  get_far_ahead({.max_pending = 3});
  engine->submit(logged(10), of_source(2));
  engine->submit(logged(3), of_source(1));
  engine->submit(logged(11), of_source(2));
  backend->complete(1);
  EXPECT_EQ(log(), Log{"10 value"});
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::running})) << "11 has the slot, not 3";
  backend->complete(1);
  backend->complete(0);
  backend->complete(backend->wait_for_starts(6).back());
  EXPECT_EQ(log(), (Log{"10 value", "11 value", "0 value", "1 value", "2 value", "3 value"}));
  expect_all_slots_idle();
}

TEST_F(FarAhead, WhoBlocksForItWaitsAndLetsOthersPass) {
  get_far_ahead({});
  std::thread blocks([&] { engine->submit(logged(3), of_source(1, Backpressure::block)); });
  wait_for_waiters(1);
  engine->submit(logged(10), of_source(2, Backpressure::block));
  EXPECT_EQ(engine->report().waiting, 1U);
  backend->complete(1);
  EXPECT_EQ(log(), Log{"10 value"});
  backend->complete(0);
  blocks.join();
  backend->complete(backend->wait_for_starts(5).back());
  EXPECT_EQ(log(), (Log{"10 value", "0 value", "1 value", "2 value", "3 value"}));
  expect_all_slots_idle();
}

TEST_F(FarAhead, TakesNoPlaceAheadFromOthers) {
  get_far_ahead({.submit_ahead = 2});
  std::thread blocks([&] { engine->submit(logged(3), of_source(1, Backpressure::block)); });
  wait_for_waiters(1);
  EXPECT_EQ(engine->report().pending, 0U);
  engine->submit(logged(10), of_source(2, Backpressure::block));
  std::thread behind([&] { engine->submit(logged(11), of_source(2, Backpressure::block)); });
  wait_for_waiters(2);
  backend->complete(1);
  behind.join();
  backend->complete(backend->wait_for_starts(5).back());
  EXPECT_EQ(log(), (Log{"10 value", "11 value"}));
  backend->complete(0);
  blocks.join();
  backend->complete(backend->wait_for_starts(6).back());
  EXPECT_EQ(log().back(), "3 value");
  expect_all_slots_idle();
}

// The slots left the callbacks behind: nothing but the delivery can let anybody in.
TEST_F(FarAhead, ADeliveryLetsInWhoBlocksForIt) {
  make_engine(2, {.callback_threads = 1, .callback_backlog = 1, .submit_ahead = 2, .in_order = true});
  std::promise<void> go_on;
  engine->submit(record(0, [&](FakeRecord&) { go_on.get_future().wait(); }), of_source(1));
  for (int i = 1; i < 3; ++i) {
    engine->submit(logged(i), of_source(1));
    backend->complete(1);
  }
  backend->complete(0);  // its callback stands still, without the slot
  EXPECT_EQ(slot_states(), (std::vector{SlotState::idle, SlotState::idle}));
  for (int i = 10; i < 12; ++i) engine->submit(logged(i), of_source(2));
  std::thread blocks([&] { engine->submit(logged(3), of_source(1, Backpressure::block)); });
  wait_for_waiters(1);
  go_on.set_value();
  blocks.join();
  EXPECT_EQ(engine->report().pending, 1U);
  for (const SlotId slot : {0U, 1U}) backend->complete(slot);
  backend->complete(backend->wait_for_starts(6).back());
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

// What only waits for an earlier one of its source takes no place in the backlog from others.
TEST_F(OrderTest, WhatIsParkedIsNotInTheBacklog) {
  make_engine(3, {.callback_threads = 1, .callback_backlog = 1, .in_order = true});
  std::promise<void> go_on;
  for (int i = 0; i < 2; ++i) engine->submit(logged(i), of_source(1));
  engine->submit(record(2, [&](FakeRecord&) { go_on.get_future().wait(); }), of_source(2));
  backend->complete(1);
  backend->complete(2);
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::idle, SlotState::idle}));
  go_on.set_value();
  backend->complete(0);
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

TEST_F(FarAhead, AllOfItThatMayRunAgainAreStarted) {
  make_engine(3, {.callback_backlog = 0, .max_pending = 2, .in_order = true});
  engine->submit(logged(0), of_source(1));
  std::size_t running = 0;
  engine->submit(record(1, [&](FakeRecord&) { running = engine->statistics().running; }), of_source(1));
  backend->complete(1);
  engine->submit(logged(2), of_source(1));
  engine->submit(logged(3), of_source(1));
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::idle, SlotState::idle}));
  backend->complete(0);
  EXPECT_EQ(running, 2U) << "both, as soon as the first is delivered";
  EXPECT_EQ(engine->report().pending, 0U);
  EXPECT_EQ(engine->statistics().running, 2U);
  const auto starts = backend->wait_for_starts(4);
  backend->complete(starts[2]);
  backend->complete(starts[3]);
  EXPECT_EQ(log(), (Log{"0 value", "2 value", "3 value"}));
  expect_all_slots_idle();
}

TEST_F(FarAhead, WhatWasCancelledInLineLetsNothingBeyondTheBound) {
  get_far_ahead({.max_pending = 1});
  EXPECT_TRUE(engine->cancel(engine->submit(logged(3), of_source(1))));
  engine->start(engine->acquire(), logged(4), of_source(1));
  backend->complete(1);
  engine->start(engine->acquire(), logged(5), of_source(1));
  backend->complete(1);
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::finishing})) << "nothing waits any more";
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value", "3 cancelled", "4 value", "5 value"}));
  expect_all_slots_idle();
}

// A lease was taken for nobody knows what. Its inputs stand in the slot: it is started, and keeps it beyond the bound.
TEST_F(FarAhead, LeasesAreStartedAndKeepTheirSlotBeyondTheBound) {
  get_far_ahead({});
  engine->start(engine->acquire(), logged(3), of_source(1));
  backend->complete(1);
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::idle})) << "the third: backlog and slots";
  engine->start(engine->acquire(), logged(4), of_source(1));
  backend->complete(1);
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::finishing}));
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value", "3 value", "4 value"}));
  expect_all_slots_idle();
}

TEST_F(FarAhead, WhatWasCancelledHoldsNothingAndDoesNotCount) {
  make_engine(2, {.callback_backlog = 0, .max_pending = 4, .in_order = true});
  engine->submit(logged(0), of_source(1));
  engine->submit(logged(10), of_source(2));
  for (int i = 1; i <= 2; ++i) engine->cancel(engine->submit(logged(i), of_source(1)));
  backend->complete(1);
  engine->submit(logged(3), of_source(1));
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::running}));
  backend->complete(1);
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"10 value", "0 value", "1 cancelled", "2 cancelled", "3 value"}));
  expect_all_slots_idle();
}

// Its earliest request has left its slot, and is in its callback: nothing runs, but what waits will.
TEST_F(FarAhead, ADrainWaitsForWhatMayHaveNoSlotYet) {
  make_engine(1, {.callback_threads = 1, .callback_backlog = 1, .max_pending = 1, .in_order = true});
  std::promise<void> entered;
  std::promise<void> go_on;
  engine->submit(record(0,
                        [&](FakeRecord&) {
                          entered.set_value();
                          go_on.get_future().wait();
                        }),
                 of_source(1));
  backend->complete(0);
  entered.get_future().wait();
  for (int i = 1; i <= 2; ++i) {
    engine->submit(logged(i), of_source(1));
    backend->complete(0);
  }
  engine->submit(logged(3), of_source(1));
  EXPECT_EQ(slot_states(), std::vector{SlotState::idle});
  std::thread closes([&] { EXPECT_EQ(engine->close(CloseMode::drain, {}).cancelled, 0U); });
  while (engine->is_ready()) std::this_thread::yield();
  go_on.set_value();
  backend->complete(backend->wait_for_starts(4).back());
  closes.join();
  EXPECT_EQ(log(), (Log{"1 value", "2 value", "3 value"}));
}

// A lease may come to its slot before a request that was submitted earlier. That one must still get the slot.
TEST_F(OrderTest, WhoWaitsForARequestThatNeedsASlotLeavesHisInAnyCase) {
  make_engine(1, {.callback_backlog = 0, .in_order = true});
  const SlotId leased = engine->acquire();
  engine->submit(logged(0), of_source(0));
  engine->start(leased, logged(1));
  backend->complete(0);
  EXPECT_EQ(log(), Log{});
  EXPECT_EQ(backend->wait_for_starts(2).size(), 2U) << "0 runs on the slot that 1 has left";
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"0 value", "1 value"}));
  expect_all_slots_idle();
}

TEST_F(OrderTest, EveryOutcomeKeepsItsPlace) {
  make_engine(1, {.max_pending = 2, .in_order = true});
  engine->submit(logged(0), of_source(1));
  engine->submit(logged(1), of_source(1));
  const RequestId cancelled = engine->submit(logged(2), of_source(1));
  engine->submit(logged(3), of_source(1, Backpressure::drop_oldest));  // drops 1
  engine->cancel(cancelled);
  EXPECT_EQ(log(), Log{});
  backend->complete(0, std::make_exception_ptr(std::runtime_error("mine")));
  EXPECT_EQ(log(), (Log{"0 error", "1 dropped", "2 cancelled"}));
  backend->complete(0);
  EXPECT_EQ(log().back(), "3 value");
  expect_all_slots_idle();
}

TEST_F(OrderTest, ARefusedRequestIsNotWaitedFor) {
  make_engine(3, {.in_order = true});
  engine->submit(logged(0));
  bool refuse = true;
  backend->on_start = [&](SlotId) {
    if (refuse) throw std::runtime_error("start");
  };
  EXPECT_THROW(engine->submit(logged(1)), std::runtime_error);
  refuse = false;
  engine->submit(logged(2));
  backend->complete(2);
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"0 value", "2 value"}));
  expect_all_slots_idle();
}

// While it is refused, a later one of the same source completes, and waits for it.
TEST_F(OrderTest, ARefusalLetsThroughWhatHasWaitedForIt) {
  make_engine(2, {.in_order = true});
  backend->on_start = [&](SlotId slot) {
    if (slot != 0) return;
    engine->submit(logged(1));
    backend->complete(1);
    EXPECT_EQ(log(), Log{});
    throw std::runtime_error("start");
  };
  EXPECT_THROW(engine->submit(logged(0)), std::runtime_error);
  EXPECT_EQ(log(), (Log{"1 value"}));
  expect_all_slots_idle();
}

struct Shape {
  std::size_t slots;
  std::size_t callback_threads;
  std::size_t backlog;
};

class OrderStress : public EngineTest, public ::testing::WithParamInterface<Shape> {};

TEST_P(OrderStress, EverySourceHearsInItsOrderAndOneAfterAnother) {
  const Shape shape = GetParam();
  make_engine(shape.slots,
              {.callback_threads = shape.callback_threads, .callback_backlog = shape.backlog, .in_order = true});
  backend->complete_on_threads(3);
  constexpr int sources = 3;
  constexpr int each = 3000;
  std::vector<int> next(sources);  // not atomic: the callbacks of a source don't overlap
  std::atomic<int> out_of_order{0};
  std::vector<std::thread> threads;
  for (int source = 0; source < sources; ++source)
    threads.emplace_back([&, source] {
      for (int i = 0; i < each; ++i)
        engine->submit(record(i,
                              [&, source](FakeRecord& r) {
                                if (next[static_cast<std::size_t>(source)]++ != r.input) ++out_of_order;
                              }),
                       {.source = static_cast<std::uint64_t>(source)});
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(out_of_order, 0);
  EXPECT_EQ(next, (std::vector<int>(sources, each)));
  expect_all_slots_idle();
}

INSTANTIATE_TEST_SUITE_P(Shapes, OrderStress,
                         ::testing::Values(Shape{1, 0, 0}, Shape{4, 0, 0}, Shape{4, 0, 8}, Shape{4, 2, 0},
                                           Shape{4, 2, 2}),
                         [](const auto& named) {
                           const Shape& shape = named.param;
                           return std::to_string(shape.slots) + "Slots" + std::to_string(shape.callback_threads) +
                                  "CallbackThreads" + std::to_string(shape.backlog) + "Backlog";
                         });

}  // namespace
}  // namespace inferqueue::testing
