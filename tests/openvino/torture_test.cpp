// What a pool of infer requests must survive: the faults in which Python's openvino.AsyncInferQueue hangs, aborts or
// loses callbacks, case by case, on the real runtime.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/models.hpp"

namespace inferqueue {
namespace {

using testing::filled;
using testing::relu_model;

class Torture : public ::testing::Test {
 protected:
  ov::Core core;
  ov::CompiledModel compiled = core.compile_model(relu_model(), "CPU", ov::hint::performance_mode("THROUGHPUT"));
  ov::Tensor good = filled({1, 16}, 0);
};

TEST_F(Torture, BadInputKeepsTheSlots) {
  AsyncInferQueue queue(compiled, 2);
  std::atomic<int> calls{0};
  queue.set_callback([&](Request&) { ++calls; });
  EXPECT_THROW(queue.start_async(filled({1, 7}, 0)), Error);
  EXPECT_THROW(queue.start_async({{"nope", good}}), Error);
  EXPECT_THROW(queue.start_async(filled({3, 16}, 0)), Error);
  for (int i = 0; i < 10; ++i) queue.start_async(good, i);
  queue.wait_all();
  EXPECT_EQ(calls, 10);
}

TEST_F(Torture, ThrowingCallbackKeepsTheQueue) {
  struct ValueError : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  AsyncInferQueue queue(compiled, 2);
  std::atomic<int> calls{0};
  queue.set_callback([&](Request&, int i) {
    ++calls;
    if (i == 0) throw ValueError("mine");
  });
  for (int i = 0; i < 4; ++i) queue.start_async(good, i);
  EXPECT_THROW(queue.wait_all(), ValueError);
  EXPECT_NO_THROW(queue.wait_all());
  for (int i = 1; i <= 10; ++i) queue.start_async(good, i);
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(calls, 14);
}

TEST_F(Torture, FourThreadsSubmit) {
  AsyncInferQueue queue(compiled, 4);
  std::mutex mutex;
  std::vector<int> seen;
  queue.set_callback([&](Request&, int i) {
    const std::lock_guard lock(mutex);
    seen.push_back(i);
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) queue.start_async(good, t * 500 + i);
    });
  for (std::thread& thread : threads) thread.join();
  queue.wait_all();
  std::ranges::sort(seen);
  ASSERT_EQ(seen.size(), 2000U);
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(seen[static_cast<std::size_t>(i)], i);
}

TEST_F(Torture, SubmitFromCallback) {
  AsyncInferQueue queue(compiled, 1);
  std::atomic<int> calls{0};
  std::promise<void> finished;
  queue.set_callback([&](Request&, int i) {
    ++calls;
    if (i < 20)
      queue.start_async(good, i + 1);
    else
      finished.set_value();
  });
  queue.start_async(good, 0);
  finished.get_future().wait();
  queue.wait_all();
  EXPECT_EQ(calls, 21);
}

TEST_F(Torture, DestroyInFlight) {
  std::atomic<int> calls{0};
  auto queue = std::make_unique<AsyncInferQueue>(compiled, 4);
  queue->set_callback([&](Request&) { ++calls; });
  for (int i = 0; i < 4; ++i) queue->start_async(good, i);
  queue.reset();
  EXPECT_EQ(calls, 4);
}

TEST_F(Torture, SlowCallbacksRunSideBySide) {
  AsyncInferQueue queue(compiled, QueueOptions{.jobs = 8, .callback_threads = 8});
  std::barrier all_inside(8);  // callbacks that ran one after another would wait here for ever
  queue.set_callback([&](Request&) { all_inside.arrive_and_wait(); });
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 8; ++i) queue.start_async(good, i);
    queue.wait_all();
  }
}

}  // namespace
}  // namespace inferqueue
