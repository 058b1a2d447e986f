// The six faults that the peers' own program puts Python's openvino.AsyncInferQueue into, case by case.
#include <algorithm>
#include <atomic>
#include <barrier>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "torture_fixture.hpp"

namespace inferqueue {
namespace {

using testing::eventually;
using testing::filled;

TEST_F(Torture, BadInputKeepsTheSlots) {
  std::atomic<int> calls{0};
  AsyncInferQueue queue(compiled, 2);
  queue.set_callback([&](Request&) { ++calls; });
  EXPECT_THROW(queue.start_async(filled({1, 7}, 0)), Error);
  EXPECT_THROW(queue.start_async({{"nope", good}}), Error);
  EXPECT_THROW(queue.start_async(filled({3, 16}, 0)), Error);
  for (int i = 0; i < 10; ++i) queue.start_async(good, i);
  queue.wait_all();
  EXPECT_EQ(calls, 10);
}

TEST_F(Torture, ThrowingCallbackKeepsTheQueue) {
  std::atomic<int> calls{0};
  AsyncInferQueue queue(compiled, 2);
  queue.set_callback([&](Request&, int i) {
    ++calls;
    if (i == 0) throw Mine("mine");
  });
  for (int i = 0; i < 4; ++i) queue.start_async(good, i);
  EXPECT_THROW(queue.wait_all(), Mine);
  EXPECT_NO_THROW(queue.wait_all());
  for (int i = 1; i <= 10; ++i) queue.start_async(good, i);
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(calls, 14);
}

TEST_F(Torture, FourThreadsSubmit) {
  std::mutex mutex;
  std::vector<int> seen;
  AsyncInferQueue queue(compiled, 4);
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
  std::atomic<int> calls{0};
  std::promise<void> finished;
  AsyncInferQueue queue(compiled, 1);
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
  // The first callback, behind which the other three wait, stays until a thread that waits for a slot has been told
  // that the queue is being destroyed: no callback can have returned before.
  std::atomic<int> calls{0};
  std::promise<void> begun;
  auto queue = std::make_unique<AsyncInferQueue>(compiled, 4);
  queue->set_callback([&, destroying = begun.get_future().share()](Request&) {
    destroying.wait();
    ++calls;
  });
  for (int i = 0; i < 4; ++i) queue->start_async(good, i);
  std::thread waiting([&begun, &inside = *queue] {
    EXPECT_EQ(testing::code_thrown_by([&] { return inside.lease(); }), Errc::closed);
    begun.set_value();
  });
  EXPECT_TRUE(eventually([&] { return queue->report().waiting == 1; }));
  EXPECT_EQ(calls, 0);
  queue.reset();
  EXPECT_EQ(calls, 4);
  waiting.join();
}

TEST_F(Torture, SlowCallbacksRunSideBySide) {
  std::barrier all_inside(8);  // callbacks that ran one after another would wait here for ever
  AsyncInferQueue queue(compiled, QueueOptions{.jobs = 8, .callback_threads = 8});
  queue.set_callback([&](Request&) { all_inside.arrive_and_wait(); });
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 8; ++i) queue.start_async(good, i);
    queue.wait_all();
  }
}

}  // namespace
}  // namespace inferqueue
