// Devices that don't complete what they were given, at least not in time.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/task.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::code_thrown_by;
using testing::eventually;
using testing::Standstill;
using testing::Task;
using testing::told;
namespace command = testing::command;

class QueueAbandons : public ::testing::Test {
 protected:
  /// Everything that was given up is with the device no longer.
  static bool everything_is_let_go() {
    return eventually([] { return abandoned_requests_held() == 0; });
  }

  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
  Standstill device;
};

TEST_F(QueueAbandons, WhatTheDeviceHasNotCompletedWhenCloseReachesItsTimeout) {
  AsyncInferQueue queue(compiled, {.jobs = 2, .backpressure = Backpressure::reject});
  std::weak_ptr<void> input;
  RequestFuture stuck = queue.submit(told(command::stand, input));
  RequestFuture stuck_too = queue.submit(told(command::stand));
  device.wait_until_standing(2);
  RequestFuture waits = queue.submit(told(1));

  const CloseResult result = queue.close(CloseMode::drain, 5ms);
  EXPECT_EQ(result.abandoned, 2U);
  EXPECT_EQ(result.cancelled, 1U);
  for (RequestFuture* each : {&stuck, &stuck_too})
    EXPECT_EQ(code_thrown_by([&] { return each->get(); }), Errc::abandoned);
  EXPECT_EQ(code_thrown_by([&] { return waits.get(); }), Errc::cancelled);
  EXPECT_NO_THROW(queue.wait_all()) << "and it doesn't wait";
  Statistics now = queue.statistics();
  EXPECT_EQ(now.held, 2U);
  EXPECT_EQ(now.abandoned, 2U);
  EXPECT_EQ(now.errors, 2U);
  EXPECT_EQ(now.accepted, now.errors + now.cancelled);
  EXPECT_EQ(now.unfinished + now.running + now.idle, 0U);
  EXPECT_EQ(abandoned_requests_held(), 2U);
  EXPECT_EQ(queue.report().slots[0].state, SlotState::abandoned);
  EXPECT_FALSE(input.expired()) << "the device reads it";

  device.go_on();
  EXPECT_TRUE(everything_is_let_go());
  EXPECT_TRUE(eventually([&] { return input.expired(); }));
  now = queue.statistics();
  EXPECT_EQ(now.held, 0U);
  EXPECT_EQ(now.values, 0U) << "a completion that comes late is ignored";
  EXPECT_EQ(now.errors, 2U);
  EXPECT_EQ(queue.close().abandoned, 0U);
}

TEST_F(QueueAbandons, TheOneThatIsLateAndNotTheOthers) {
  AsyncInferQueue queue(compiled, {.jobs = 2, .backpressure = Backpressure::reject});
  RequestFuture stuck = queue.submit(told(command::stand));
  device.wait_until_standing();
  std::vector<RequestFuture> others;
  for (int i = 0; i < 10; ++i) others.push_back(queue.submit(told(static_cast<float>(i))));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(*others.at(static_cast<std::size_t>(i)).get().result().data<float>(), i);
  EXPECT_EQ(queue.close(CloseMode::cancel, 5ms).abandoned, 1U);
  EXPECT_EQ(code_thrown_by([&] { return stuck.get(); }), Errc::abandoned);
  device.go_on();
  EXPECT_TRUE(everything_is_let_go());
}

TEST_F(QueueAbandons, InOrderWhatAnAbandonedRequestHeldUpFollowsIt) {
  AsyncInferQueue queue(compiled, {.jobs = 2, .in_order = true});
  std::vector<std::string> heard;
  queue.set_callback([&](Request& request) { heard.emplace_back(std::to_string(request.id()) + " value"); });
  queue.set_error_callback([&](Request& request, const std::exception_ptr& error) {
    heard.emplace_back(std::to_string(request.id()) + " " + to_string(testing::code_of(error).value()));
  });
  queue.start_async(told(command::stand));
  queue.start_async(told(1));
  queue.start_async(told(1));
  EXPECT_TRUE(eventually([&] { return queue.statistics().running == 1; }));
  EXPECT_EQ(queue.close(CloseMode::drain, 5ms).abandoned, 1U);
  EXPECT_EQ(heard, (std::vector<std::string>{"1 abandoned", "2 value", "3 value"}));
  device.go_on();
  EXPECT_TRUE(everything_is_let_go());
}

TEST_F(QueueAbandons, InItsDestructorAndLetsGoOfEverythingWhenTheDeviceDoes) {
  std::weak_ptr<void> input;
  auto kept_by_callback = std::make_shared<int>(1);
  auto kept_by_user_data = std::make_shared<int>(1);
  const std::weak_ptr<int> callback = kept_by_callback;
  const std::weak_ptr<int> user_data = kept_by_user_data;
  std::vector<Errc> heard;
  {
    AsyncInferQueue queue(compiled, {.jobs = 2, .abandon_after = 5ms});
    queue.set_callback([kept = std::move(kept_by_callback)](Request&) { FAIL() << "a late completion was heard"; });
    queue.set_error_callback(
        [&](Request&, const std::exception_ptr& error) { heard.push_back(testing::code_of(error).value()); });
    queue.start_async(told(command::stand, input), std::move(kept_by_user_data));
    device.wait_until_standing();
  }
  EXPECT_EQ(heard, std::vector<Errc>{Errc::abandoned});
  EXPECT_EQ(abandoned_requests_held(), 1U);
  EXPECT_FALSE(input.expired());
  EXPECT_FALSE(user_data.expired());
  EXPECT_FALSE(callback.expired());
  device.go_on();
  EXPECT_TRUE(everything_is_let_go());
  EXPECT_TRUE(eventually([&] { return input.expired() && user_data.expired() && callback.expired(); }))
      << "input " << input.expired() << ", user data " << user_data.expired() << ", queue " << callback.expired();
  EXPECT_EQ(heard.size(), 1U);
}

TEST_F(QueueAbandons, WhatBeginsOnlyAfterTheDestructorHasBegunToWait) {
  std::promise<void> in_callback;
  std::promise<void> go_on;
  auto queue = std::make_unique<AsyncInferQueue>(
      compiled, QueueOptions{.jobs = 1, .backpressure = Backpressure::reject, .abandon_after = 5ms});
  queue->set_callback([&](Request&) {
    in_callback.set_value();
    go_on.get_future().wait();
  });
  queue->start_async(told(1));
  in_callback.get_future().wait();
  RequestFuture stuck = queue->submit(told(command::stand));
  // Who waits for a slot hears first that the queue is closed; the destructor's own wait begins just after.
  auto closed = std::async(std::launch::async, [&] { return code_thrown_by([&] { return queue->lease(); }); });
  EXPECT_TRUE(eventually([&] { return queue->report().waiting == 1; }));
  auto destroyed = std::async(std::launch::async, [&] { queue.reset(); });
  EXPECT_EQ(closed.get(), Errc::closed);
  std::this_thread::sleep_for(5ms);  // not needed for the outcome: makes it likely that the wait has begun
  go_on.set_value();
  EXPECT_EQ(destroyed.wait_for(60s), std::future_status::ready);
  EXPECT_EQ(stuck.wait_for(0s), std::future_status::ready);
  device.go_on();
  EXPECT_EQ(code_thrown_by([&] { return stuck.get(); }), Errc::abandoned);
  EXPECT_TRUE(everything_is_let_go());
}

TEST_F(QueueAbandons, AlsoWhereItIsDestroyedInACallback) {
  auto queue = std::make_unique<AsyncInferQueue>(compiled, QueueOptions{.jobs = 2, .abandon_after = 5ms});
  auto kept_by_callback = std::make_shared<int>(1);
  const std::weak_ptr<int> callback = kept_by_callback;
  queue->set_callback([&, kept = std::move(kept_by_callback)](Request&) { queue.reset(); });
  RequestFuture stuck = queue->submit(told(command::stand));
  device.wait_until_standing();
  queue->start_async(told(1));
  EXPECT_EQ(code_thrown_by([&] { return stuck.get(); }), Errc::abandoned);
  device.go_on();
  EXPECT_TRUE(everything_is_let_go());
  EXPECT_TRUE(eventually([&] { return callback.expired(); }));
}

Task await_one(AsyncInferQueue& queue, ov::Tensor input) {
  static_cast<void>(co_await queue.infer(std::move(input)));
}

TEST_F(QueueAbandons, ACoroutineIsToldSo) {
  std::optional<Task> task;
  std::weak_ptr<void> input;
  {
    AsyncInferQueue queue(compiled, {.jobs = 1, .abandon_after = 5ms});
    task.emplace(await_one(queue, told(command::stand, input)));
    device.wait_until_standing();
  }
  EXPECT_EQ(code_thrown_by([&] { task->get(); }), Errc::abandoned);
  task.reset();
  EXPECT_FALSE(input.expired());
  device.go_on();
  EXPECT_TRUE(everything_is_let_go());
  EXPECT_TRUE(eventually([&] { return input.expired(); }));
}

TEST_F(QueueAbandons, ALeaseOfAnotherSlotMayOutliveItAll) {
  std::optional<Lease> lease;
  {
    AsyncInferQueue queue(compiled, {.jobs = 2, .abandon_after = 5ms});
    lease = queue.lease();
    queue.start_async(told(command::stand));
    device.wait_until_standing();
  }
  device.go_on();
  EXPECT_TRUE(everything_is_let_go());
  *lease->input().data<float>() = 1;
  EXPECT_EQ(code_thrown_by([&] { return lease->start_async(); }), Errc::closed);
}

}  // namespace
}  // namespace inferqueue
