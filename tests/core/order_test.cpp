// Outcomes in the order of submission, source by source.
#include <atomic>
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

TEST_F(OrderTest, WhoWaitsForHisTurnLeavesHisSlotWithinTheBound) {
  make_engine(2, {.callback_backlog = 1, .in_order = true});
  engine->submit(logged(0));
  engine->submit(logged(1));
  backend->complete(1);
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::idle}));
  engine->submit(logged(2));
  backend->complete(1);
  EXPECT_EQ(slot_states(), (std::vector{SlotState::running, SlotState::finishing})) << "one may have left, not two";
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value"}));
  expect_all_slots_idle();
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
