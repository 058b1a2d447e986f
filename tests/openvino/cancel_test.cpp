// cancel(), and what the CPU does when it is asked to cancel an inference.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <openvino/op/parameter.hpp>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/errors.hpp"
#include "support/models.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::code_thrown_by;
using testing::Standstill;
using testing::told;
namespace command = testing::command;

class QueueCancel : public ::testing::Test {
 protected:
  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
};

TEST_F(QueueCancel, OfAWaitingRequestTellsTheErrorCallbackAndNeverRunsIt) {
  AsyncInferQueue queue(compiled, {.jobs = 1, .backpressure = Backpressure::reject});
  std::optional<Request> cancelled;
  queue.set_callback([](Request&, int) {});
  queue.set_error_callback([&](Request& request, const std::exception_ptr&) { cancelled = request; });
  Standstill device;
  queue.start_async(told(command::stand), 0);
  device.wait_until_standing();
  const std::size_t begun = testing::inferences_begun();
  std::weak_ptr<void> input;
  const RequestId waits = queue.start_async(told(1, input), 5);
  const RequestId stays = queue.start_async(told(2), 6);
  EXPECT_TRUE(queue.cancel(waits));
  ASSERT_TRUE(cancelled) << "delivered before cancel() returns";
  EXPECT_EQ(cancelled->id(), waits);
  EXPECT_EQ(cancelled->outcome(), Outcome::cancelled);
  EXPECT_EQ(testing::code_of(cancelled->error()), Errc::cancelled);
  EXPECT_EQ(cancelled->userdata<int>(), 5);
  EXPECT_EQ(cancelled->slot_id(), Request::no_slot);
  EXPECT_EQ(cancelled->latency(), 0ns);
  EXPECT_EQ(code_thrown_by([&] { return cancelled->results(); }), Errc::no_result);
  EXPECT_FALSE(queue.cancel(waits)) << "it has ended";
  EXPECT_FALSE(queue.cancel(1000)) << "there is none";
  device.go_on();
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(testing::inferences_begun(), begun + 1) << "only request " << stays;
  cancelled.reset();
  EXPECT_TRUE(input.expired());
}

// The CPU looks whether it was asked to cancel before each node of the model, the one for the output included. So it
// completes the operation that it is at, and gives up the inference after it, even after the only one.
TEST_F(QueueCancel, OfARunningInferenceTakesEffectOnTheCpuWhenTheOperationIsDone) {
  AsyncInferQueue queue(compiled, 1);
  Standstill device;
  RequestFuture running = queue.submit(told(command::stand));
  device.wait_until_standing();
  EXPECT_TRUE(queue.cancel(running.id));
  EXPECT_TRUE(queue.cancel(running.id)) << "again";
  EXPECT_EQ(running.wait_for(0s), std::future_status::timeout) << "the operation is not interrupted";
  EXPECT_EQ(queue.report().slots[0].state, SlotState::running);
  device.go_on();
  EXPECT_EQ(code_thrown_by([&] { return running.get(); }), Errc::cancelled);
  EXPECT_EQ(*queue.submit(told(4)).get().result().data<float>(), 4) << "the next run is not cancelled";
}

TEST_F(QueueCancel, OfARunningInferenceOfSeveralOperationsEndsItBetweenThem) {
  core.add_extension<testing::HookOp>();
  const auto x = std::make_shared<ov::op::v0::Parameter>(ov::element::f32, ov::PartialShape{1, 4});
  const auto first = std::make_shared<testing::CommandOp>(x);
  const auto second = std::make_shared<testing::HookOp>(first);
  AsyncInferQueue queue(core.compile_model(std::make_shared<ov::Model>(ov::OutputVector{second->output(0)},
                                                                       ov::ParameterVector{x}, "two operations"),
                                           "CPU"),
                        1);
  std::atomic<int> reached{0};
  testing::HookOp::hook = [&](const ov::Tensor&) { ++reached; };
  std::weak_ptr<void> input;
  Standstill device;
  RequestFuture running = queue.submit(told(command::stand, input));
  device.wait_until_standing();
  EXPECT_TRUE(queue.cancel(running.id));
  device.go_on();
  EXPECT_EQ(code_thrown_by([&] { return running.get(); }), Errc::cancelled);
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(reached, 0);
  EXPECT_TRUE(input.expired());
  EXPECT_EQ(queue.statistics().cancelled, 1U);
  EXPECT_EQ(*queue.submit(told(4)).get().result().data<float>(), 4) << "the slot works again";
  testing::HookOp::hook = nullptr;
}

TEST_F(QueueCancel, OfARequestThatTheRuntimeHasNotBegunEndsIt) {
  AsyncInferQueue queue(compiled, 3);
  Standstill device;
  RequestFuture first = queue.submit(told(command::stand));
  RequestFuture second = queue.submit(told(command::stand));
  device.wait_until_standing(2);
  // The model has two streams: the third has a slot, and waits in the runtime.
  const std::size_t begun = testing::inferences_begun();
  RequestFuture third = queue.submit(told(3));
  EXPECT_EQ(queue.statistics().running, 3U);
  EXPECT_TRUE(queue.cancel(third.id));
  device.go_on();
  EXPECT_EQ(code_thrown_by([&] { return third.get(); }), Errc::cancelled);
  EXPECT_NO_THROW(first.get());
  EXPECT_NO_THROW(second.get());
  EXPECT_EQ(testing::inferences_begun(), begun);
}

TEST_F(QueueCancel, MayBeCalledInACallbackAndByManyThreads) {
  AsyncInferQueue queue(compiled, {.jobs = 2, .backpressure = Backpressure::reject, .max_pending = 100000});
  std::atomic<std::uint64_t> heard{0};
  queue.set_callback([&](Request& request) {
    ++heard;
    queue.cancel(request.id() + 3);
  });
  queue.set_error_callback([&](Request&, const std::exception_ptr&) { ++heard; });
  {
    std::vector<std::jthread> cancellers;
    for (std::uint64_t thread = 0; thread < 2; ++thread)
      cancellers.emplace_back([&, thread](const std::stop_token& stop) {
        for (RequestId id = thread; !stop.stop_requested(); id = (id + 2) % 2000) queue.cancel(id);
      });
    for (int i = 0; i < 2000; ++i) queue.start_async(told(1));
    queue.wait_all();
  }
  EXPECT_EQ(heard, 2000U);
  const Statistics statistics = queue.statistics();
  EXPECT_EQ(statistics.values + statistics.cancelled, 2000U);
  EXPECT_GT(statistics.cancelled, 0U);
  EXPECT_EQ(statistics.idle, 2U);
}

TEST_F(QueueCancel, ATryThatFindsNoIdleSlotLeavesTheUserDataAsItIs) {
  AsyncInferQueue queue(compiled, 1);
  UserData user = std::make_unique<int>(7);
  const int* const address = user.as<std::unique_ptr<int>>().get();
  {
    const Lease lease = queue.lease();
    EXPECT_EQ(queue.try_start_async(told(1), std::move(user)), std::nullopt);
    EXPECT_EQ(queue.try_start_async(told(1)), std::nullopt);
  }
  EXPECT_EQ(queue.statistics().accepted, 0U);
  ASSERT_TRUE(user.has_value());  // NOLINT(bugprone-use-after-move): what is tested
  EXPECT_EQ(user.as<std::unique_ptr<int>>().get(), address);
  int seen = 0;
  queue.set_callback([&](Request&, const std::unique_ptr<int>& theirs) { seen = *theirs; });
  EXPECT_EQ(queue.try_start_async(told(1), std::move(user)), 1U);
  EXPECT_FALSE(user.has_value());  // NOLINT(bugprone-use-after-move): what is tested
  queue.wait_all();
  EXPECT_EQ(seen, 7);
}

TEST_F(QueueCancel, ATryThatIsRefusedGivesTheSlotBack) {
  AsyncInferQueue queue(compiled, 1);
  EXPECT_EQ(code_thrown_by([&] { return queue.try_start_async(ov::Tensor(ov::element::f32, {7})); }),
            Errc::invalid_input);
  EXPECT_TRUE(queue.is_ready());
  EXPECT_TRUE(queue.try_start_async(told(1)));
  queue.wait_all();
  queue.close();
  EXPECT_EQ(code_thrown_by([&] { return queue.try_start_async(told(1)); }), Errc::closed);
}

}  // namespace
}  // namespace inferqueue
