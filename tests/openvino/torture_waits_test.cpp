// Waits, callbacks and order in faults: clauses 4, 5 and 7 of the contract in docs/queue.md.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "support/errors.hpp"
#include "torture_fixture.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::code_thrown_by;
using testing::Standstill;
using testing::told;
namespace command = testing::command;

TEST_F(Torture, BoundedWaitEnds) {
  std::atomic<int> calls{0};
  Standstill device;
  AsyncInferQueue queue(commanded, 1);
  queue.set_callback([&](Request&) { ++calls; });
  const RequestId standing = stand(queue, device);
  try {
    queue.wait_all({.timeout = 5ms});
    ADD_FAILURE() << "the wait says that it is done";
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.report().slots.at(0).request, standing);
  }
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(calls, 1);
}

TEST_F(Torture, BoundedSubmissionEnds) {
  std::atomic<int> calls{0};
  Standstill device;
  AsyncInferQueue queue(commanded, 1);
  queue.set_callback([&](Request&) { ++calls; });
  stand(queue, device);
  EXPECT_THROW(queue.start_async(told(1), {}, {.wait = {.timeout = 5ms}}), TimeoutError);
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(calls, 1);
  expect_works(queue, calls);
}

TEST_F(Torture, WaitAllWaitsForCallbacks) {
  std::atomic<int> calls{0};
  AsyncInferQueue queue(commanded, 4);
  queue.set_callback([&](Request&) { ++calls; });
  for (int round = 1; round <= 100; ++round) {
    for (int i = 0; i < 8; ++i) queue.start_async(told(1));
    queue.wait_all();
    ASSERT_EQ(calls, round * 8);
  }
}

TEST_F(Torture, WaitAllEndsWhileOthersSubmit) {
  std::atomic<int> calls{0};
  std::atomic<int> submitted{0};
  std::promise<void> began;
  AsyncInferQueue queue(commanded, 2);
  queue.set_callback([&](Request&) { ++calls; });
  std::jthread submits([&](const std::stop_token& enough) {
    while (!enough.stop_requested()) {
      queue.start_async(told(1));
      if (++submitted == 1) began.set_value();
    }
  });
  began.get_future().wait();
  for (int i = 0; i < 20; ++i) queue.wait_all();
  submits.request_stop();
  submits.join();
  queue.wait_all();
  EXPECT_EQ(calls, submitted);
}

TEST_F(Torture, WaitAllInCallbackDoesNotHang) {
  std::atomic<int> calls{0};
  std::atomic<int> refused{0};
  AsyncInferQueue queue(commanded, 1);
  queue.set_callback([&](Request&) {
    if (++calls == 1)
      refused += code_thrown_by([&] {
                   queue.wait_all();
                   return 0;
                 }) == Errc::would_deadlock;
  });
  queue.start_async(told(1));
  queue.wait_all();
  EXPECT_EQ(refused, 1);
  expect_works(queue, calls);
}

TEST_F(Torture, SubmissionBeyondTheBoundIsRefused) {
  std::atomic<int> calls{0};
  Standstill device;
  AsyncInferQueue queue(commanded, {.jobs = 1, .backpressure = Backpressure::reject, .max_pending = 2});
  queue.set_callback([&](Request&) { ++calls; });
  stand(queue, device);
  for (int i = 0; i < 2; ++i) queue.start_async(told(1));
  EXPECT_EQ(code_thrown_by([&] { return queue.start_async(told(1)); }), Errc::pending_full);
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(calls, 3);
}

TEST_F(Torture, DestroyInCallback) {
  std::promise<void> both;
  std::atomic<int> calls{0};
  Standstill device;
  auto queue = std::make_unique<AsyncInferQueue>(commanded, 2);
  queue->set_callback([&](Request&, int i) {
    if (i == 0) queue.reset();
    if (++calls == 2) both.set_value();
  });
  for (int i = 0; i < 2; ++i) queue->start_async(told(command::stand), i);
  device.wait_until_standing(2);
  device.go_on();
  both.get_future().wait();
  EXPECT_EQ(queue, nullptr);
}

TEST_F(Torture, ResultsInOrder) {
  constexpr int of_another_source = 2;
  std::vector<int> order;
  std::promise<void> another;
  Standstill device;
  AsyncInferQueue queue(commanded, {.jobs = 3, .in_order = true});
  queue.set_callback([&](Request&, int i) {
    order.push_back(i);
    if (i == of_another_source) another.set_value();
  });
  stand(queue, device, 0);
  queue.start_async(told(1), 1);
  queue.start_async(told(1), of_another_source, {.source = 1});
  another.get_future().wait();  // the device has one stream left: the request before has ended too
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(order, (std::vector{of_another_source, 0, 1}));
}

}  // namespace
}  // namespace inferqueue
