// Bounded waits over the real runtime, on a device that stands still for as long as the test wants.
#include <chrono>
#include <future>
#include <stop_token>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/models.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::filled;
using testing::HookOp;

/// A queue of one slot, whose device runs a request until it is told to go on.
class StandingStill : public ::testing::Test {
 protected:
  void SetUp() override {
    HookOp::hook = [this](const ov::Tensor&) {
      entered.set_value();
      go_on.get_future().wait();
    };
    running = queue.start_async(filled({1, 4}, 1));
    entered.get_future().wait();
  }
  void TearDown() override { HookOp::hook = nullptr; }
  /// Lets the request end, and sees that nothing was lost.
  void finish() {
    go_on.set_value();
    queue.wait_all({.timeout = 60s});
    EXPECT_TRUE(queue.is_ready());
    EXPECT_TRUE(queue.try_lease());
  }

  std::promise<void> entered;
  std::promise<void> go_on;
  ov::Core core;
  AsyncInferQueue queue{testing::compile_hook_model(core), 1};
  RequestId running = 0;
};

TEST_F(StandingStill, WaitAllGivesUpAndNamesTheRequest) {
  try {
    queue.wait_all({.timeout = 2ms});
    ADD_FAILURE() << "the request is still running";
  } catch (const TimeoutError& error) {
    EXPECT_EQ(error.report().slots.at(0).state, SlotState::running);
    EXPECT_EQ(error.report().slots[0].request, running);
    EXPECT_NE(std::string(error.what()).find("slot 0 running request 1 for "), std::string::npos) << error.what();
  }
  finish();
}

TEST_F(StandingStill, SubmittingAndLeasingGiveUp) {
  EXPECT_THROW(queue.start_async(filled({1, 4}, 2), {}, {.wait = {.timeout = 1ms}}), TimeoutError);
  EXPECT_THROW(queue.lease({.timeout = 0ms}), TimeoutError);
  EXPECT_THROW(queue.get_idle_request_id({.timeout = 1ms}), TimeoutError);
  EXPECT_THROW(queue.wait_all_errors({.timeout = 0ms}), TimeoutError);
  EXPECT_EQ(queue.report().waiting, 0U);
  EXPECT_EQ(queue.report().unfinished, 1U) << "nothing of the others was accepted";
  finish();
}

TEST_F(StandingStill, AThreadThatIsAskedToStopLeavesItsWait) {
  std::jthread waiter([&](const std::stop_token& stop) {
    try {
      queue.start_async(filled({1, 4}, 2), {}, {.wait = {.stop = stop}});
      ADD_FAILURE() << "it was submitted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::stopped);
    }
  });
  while (queue.report().waiting == 0) std::this_thread::yield();
  waiter.request_stop();
  waiter.join();
  finish();
}

}  // namespace
}  // namespace inferqueue
