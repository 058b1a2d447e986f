// Faults inside the real runtime, by an operation that throws or blocks on command, and in callbacks.
#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/models.hpp"

namespace inferqueue {
namespace {

using testing::compile_hook_model;
using testing::filled;
using testing::HookOp;

struct Mine : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class QueueFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    HookOp::hook = [](const ov::Tensor& input) {
      if (*input.data<float>() < 0) throw std::runtime_error("negative input");
    };
  }
  void TearDown() override { HookOp::hook = nullptr; }

  ov::Core core;
  ov::CompiledModel compiled = compile_hook_model(core, {ov::hint::performance_mode("THROUGHPUT")});
};

TEST_F(QueueFaults, AnInferenceThatThrowsReachesWaitAllOnceAndCostsNoSlot) {
  AsyncInferQueue queue(compiled, 2);
  std::atomic<int> values{0};
  queue.set_callback([&](Request&) { ++values; });
  for (int round = 0; round < 100; ++round) {
    for (int i = 0; i < 4; ++i) queue.start_async(filled({1, 4}, i == 2 ? -1.0F : 1.0F), i);
    try {
      queue.wait_all();
      FAIL() << "no error in round " << round;
    } catch (const std::exception& error) {
      EXPECT_NE(std::string(error.what()).find("negative input"), std::string::npos) << error.what();
    }
    EXPECT_NO_THROW(queue.wait_all());
  }
  EXPECT_EQ(values, 300);
}

TEST_F(QueueFaults, TheErrorCallbackGetsTheRequestThatFailed) {
  AsyncInferQueue queue(compiled, 2);
  std::vector<int> failed;
  queue.set_error_callback([&](Request& request, const std::exception_ptr& error) {
    EXPECT_EQ(request.error(), error);
    EXPECT_THROW(static_cast<void>(request.results()), Error);
    failed.push_back(request.userdata<int>());
  });
  for (int i = 0; i < 10; ++i) queue.start_async(filled({1, 4}, i % 3 == 0 ? -1.0F : 1.0F), i);
  EXPECT_NO_THROW(queue.wait_all());
  std::ranges::sort(failed);  // two slots finish in any order
  EXPECT_EQ(failed, (std::vector<int>{0, 3, 6, 9}));
}

TEST_F(QueueFaults, AThrowingCallbackIsRethrownWithItsTypeOnceAndTheQueueGoesOn) {
  AsyncInferQueue queue(compiled, 2);
  std::atomic<int> calls{0};
  queue.set_callback([&](Request&, int i) {
    ++calls;
    if (i == 0) throw Mine("mine");
  });
  for (int i = 0; i < 4; ++i) queue.start_async(filled({1, 4}, 1), i);
  EXPECT_THROW(queue.wait_all(), Mine);
  for (int i = 1; i <= 10; ++i) queue.start_async(filled({1, 4}, 1), i);
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(calls, 14);
}

TEST_F(QueueFaults, AllErrorsCanBeHad) {
  AsyncInferQueue queue(compiled, 2);
  queue.set_callback([](Request&, int i) { throw Mine(std::to_string(i)); });
  for (int i = 0; i < 5; ++i) queue.start_async(filled({1, 4}, 1), i);
  EXPECT_EQ(queue.wait_all_errors().size(), 5U);
  EXPECT_TRUE(queue.wait_all_errors().empty());
}

TEST_F(QueueFaults, DestroyingTheQueueWithErrorsAndWorkInFlightIsQuiet) {
  for (int round = 0; round < 20; ++round) {
    AsyncInferQueue queue(compiled, 2);
    queue.set_callback([](Request&) { throw Mine("nobody listens"); });
    for (int i = 0; i < 6; ++i) queue.start_async(filled({1, 4}, i % 2 == 0 ? -1.0F : 1.0F));
  }
}

// Whoever holds a tensor can give it another shape; that must stay between him and his tensor.
class ReshapedTensor : public ::testing::TestWithParam<ov::PartialShape> {
 protected:
  void expect_good(AsyncInferQueue& queue) const {
    std::atomic<int> good{0};
    queue.set_callback([&](Request& request) { good += request.result().get_shape() == ov::Shape{1, 16}; });
    for (int i = 0; i < 10; ++i) EXPECT_NO_THROW(queue.start_async(filled({1, 16}, 1)));
    queue.wait_all();
    EXPECT_EQ(good, 10);
  }
  ov::Core core;
  ov::CompiledModel compiled = core.compile_model(testing::relu_model(GetParam()), "CPU");
};

TEST_P(ReshapedTensor, AResultCostsNoSlot) {
  AsyncInferQueue queue(compiled, 1);
  queue.set_callback([](Request& request) { request.result().set_shape({2, 2, 2}); });
  queue.start_async(filled({1, 16}, 1));
  queue.wait_all();
  expect_good(queue);
}

TEST_P(ReshapedTensor, AnInputOfADroppedLeaseCostsNoSlot) {
  AsyncInferQueue queue(compiled, 1);
  queue.lease().input().set_shape({2, 2, 2});
  EXPECT_NE(queue.lease().input().get_shape(), (ov::Shape{2, 2, 2}));
  expect_good(queue);
}

TEST_P(ReshapedTensor, AnInputOfAStartedLeaseIsRefused) {
  AsyncInferQueue queue(compiled, 1);
  Lease lease = queue.lease();
  lease.input().set_shape({2, 2, 2});
  EXPECT_THROW(lease.start_async(), Error);
  expect_good(queue);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ReshapedTensor, ::testing::Values(ov::PartialShape{1, 16}, ov::PartialShape{-1, -1}),
                         [](const auto& named) { return named.param.is_static() ? "Static" : "Dynamic"; });

TEST_F(QueueFaults, ABlockedInferenceHoldsUpOnlyItsOwnSlot) {
  std::promise<void> open;
  HookOp::hook = [gate = open.get_future().share()](const ov::Tensor& input) {
    if (*input.data<float>() == 7) gate.wait();
  };
  AsyncInferQueue queue(compiled, 2);
  std::atomic<int> others{0};
  std::promise<void> enough;
  queue.set_callback([&](Request& request, int) {
    if (*request.result().data<float>() != 7 && ++others == 10) enough.set_value();
  });
  queue.start_async(filled({1, 4}, 7), 0);
  for (int i = 0; i < 10; ++i) queue.start_async(filled({1, 4}, 1), i);
  enough.get_future().wait();
  EXPECT_FALSE(queue[0].is_idle());
  open.set_value();
  queue.wait_all();
  EXPECT_TRUE(queue[0].is_idle());
}

TEST_F(QueueFaults, ThreadsThatSubmitGoodAndBadWorkLoseNothing) {
  AsyncInferQueue queue(compiled, 3);
  std::atomic<int> values{0};
  std::atomic<int> errors{0};
  std::atomic<int> refused{0};
  queue.set_callback([&](Request&, int i) {
    if (i % 11 == 0) throw Mine("callback");
    ++values;
  });
  queue.set_error_callback([&](Request&, const std::exception_ptr&) { ++errors; });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        try {
          if (i % 5 == 0)
            queue.start_async(filled({1, 9}, 1), i);
          else
            queue.start_async(filled({1, 4}, i % 7 == 0 ? -1.0F : 1.0F), i);
        } catch (const Error&) {
          ++refused;
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  queue.wait_all();
  EXPECT_EQ(refused, 400);
  EXPECT_EQ(values + errors, 1600);
  for (const Slot& slot : queue) EXPECT_TRUE(slot.is_idle());
}

}  // namespace
}  // namespace inferqueue
