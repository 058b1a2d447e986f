// Coroutines that end otherwise than by being resumed, or that end something else.
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/task.hpp"

namespace inferqueue {
namespace {

using testing::code_thrown_by;
using testing::eventually;
using testing::Standstill;
using testing::Task;
using testing::ThrowingTask;
using testing::told;
namespace command = testing::command;

struct Mine : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Task await_and_count(AsyncInferQueue& queue, ov::Tensor input, std::atomic<int>& resumed) {
  try {
    static_cast<void>(co_await queue.infer(std::move(input)));
  } catch (...) {
    ++resumed;
    throw;
  }
  ++resumed;
}

ThrowingTask await_and_throw(AsyncInferQueue& queue, Executor executor) {
  static_cast<void>(co_await queue.infer(told(1), {}, {}, executor));
  throw Mine("out of the coroutine");
}

class QueueCoroutineEnd : public ::testing::Test {
 protected:
  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
};

TEST_F(QueueCoroutineEnd, DestroyedWhileItsRequestWaitsInLineItCancelsIt) {
  AsyncInferQueue queue(compiled, 1);
  Standstill device;
  queue.start_async(told(command::stand));
  device.wait_until_standing();
  std::atomic<int> resumed{0};
  std::weak_ptr<void> input;
  std::optional<Task> task(await_and_count(queue, told(1, input), resumed));
  EXPECT_EQ(queue.report().pending, 1U);
  EXPECT_FALSE(input.expired());
  const std::size_t begun = testing::inferences_begun();
  task.reset();
  EXPECT_EQ(queue.report().pending, 0U);
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(queue.statistics().cancelled, 1U);
  EXPECT_EQ(testing::inferences_begun(), begun);
  EXPECT_TRUE(eventually([&] { return input.expired(); }));
  EXPECT_EQ(resumed, 0);
}

Task await_on(AsyncInferQueue& queue, ov::Tensor input, Executor executor) {
  static_cast<void>(co_await queue.infer(std::move(input), {}, {}, std::move(executor)));
}

TEST_F(QueueCoroutineEnd, DestroyedItsExecutorIsNotCalledAnyMore) {
  AsyncInferQueue queue(compiled, 1);
  Standstill device;
  std::atomic<int> calls{0};
  std::optional<Task> task(await_on(queue, told(command::stand), [&](const std::function<void()>&) { ++calls; }));
  device.wait_until_standing();
  task.reset();
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(calls, 0);
}

Task await_twice(AsyncInferQueue& queue) {
  Infer infer = queue.infer(told(1));
  static_cast<void>(co_await infer);
  static_cast<void>(co_await infer);
}

TEST_F(QueueCoroutineEnd, AwaitingTheSameTwiceIsRefused) {
  AsyncInferQueue queue(compiled, 1);
  Task task = await_twice(queue);
  EXPECT_EQ(code_thrown_by([&] { task.get(); }), Errc::invalid_argument);
  EXPECT_EQ(queue.statistics().accepted, 1U);
}

TEST_F(QueueCoroutineEnd, DestroyedWhileItsRequestRunsItIsNotResumed) {
  AsyncInferQueue queue(compiled, 1);
  Standstill device;
  std::atomic<int> resumed{0};
  std::optional<Task> task(await_and_count(queue, told(command::stand), resumed));
  device.wait_until_standing();
  task.reset();
  EXPECT_EQ(queue.statistics().running, 1U) << "the CPU goes on with it";
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(resumed, 0);
  const Statistics statistics = queue.statistics();
  EXPECT_EQ(statistics.accepted, 1U);
  EXPECT_EQ(statistics.values + statistics.cancelled, 1U);
  EXPECT_EQ(statistics.idle, 1U);
}

TEST_F(QueueCoroutineEnd, WhatAPromiseRethrowsReachesWaitAll) {
  for (const Executor& executor : {Executor(nullptr), Executor([](const std::function<void()>& run) { run(); })}) {
    SCOPED_TRACE(executor ? "resumed by an executor that runs at once" : "resumed by the queue");
    AsyncInferQueue queue(compiled, 1);
    Standstill device;
    queue.start_async(told(command::stand));
    const ThrowingTask task = await_and_throw(queue, executor);
    device.go_on();
    EXPECT_THROW(queue.wait_all(), Mine);
    EXPECT_NO_THROW(queue.wait_all());
    EXPECT_EQ(*queue.submit(told(4)).get().result().data<float>(), 4);
  }
}

Task destroy_the_queue(std::unique_ptr<AsyncInferQueue>& queue, Executor executor, float& result) {
  const Request request = co_await queue->infer(told(5), {}, {}, executor);
  queue.reset();
  result = *request.result().data<float>();
}

TEST_F(QueueCoroutineEnd, MayDestroyTheQueue) {
  for (const Executor& executor : {Executor(nullptr), Executor([](const std::function<void()>& run) { run(); })}) {
    SCOPED_TRACE(executor ? "resumed by an executor that runs at once" : "resumed by the queue");
    for (int round = 0; round < 20; ++round) {
      auto queue = std::make_unique<AsyncInferQueue>(compiled, 2);
      float result = 0;
      destroy_the_queue(queue, executor, result).get();
      EXPECT_EQ(queue, nullptr);
      EXPECT_EQ(result, 5);
    }
  }
}

TEST_F(QueueCoroutineEnd, TheQueuesDestructorWaitsForThoseItResumes) {
  std::atomic<int> resumed{0};
  std::vector<Task> tasks;
  {
    AsyncInferQueue queue(compiled, 2);
    for (int i = 0; i < 10; ++i) tasks.push_back(await_and_count(queue, told(1), resumed));
  }
  EXPECT_EQ(resumed, 10);
}

TEST_F(QueueCoroutineEnd, MayBeResumedByItsExecutorWhenTheQueueIsGone) {
  std::atomic<bool> goes_on{false};
  std::jthread late;
  auto queue = std::make_unique<AsyncInferQueue>(compiled, 1);
  float result = 0;
  const auto body = [&](AsyncInferQueue& awaited) -> Task {
    const Request request = co_await awaited.infer(told(6), {}, {}, [&](std::function<void()> run) {
      late = std::jthread([&goes_on, run = std::move(run)] {
        goes_on.wait(false);
        run();
      });
    });
    result = *request.result().data<float>();
  };
  Task task = body(*queue);
  queue.reset();
  EXPECT_FALSE(task.has_ended());
  goes_on = true;
  goes_on.notify_all();
  task.get();
  EXPECT_EQ(result, 6);
}

TEST_F(QueueCoroutineEnd, SuspendedForEverItMayGoAfterTheQueue) {
  std::vector<std::function<void()>> never_run;
  std::mutex mutex;
  std::atomic<int> resumed{0};
  const auto body = [&](AsyncInferQueue& queue) -> Task {
    static_cast<void>(co_await queue.infer(told(1), {}, {}, [&](std::function<void()> run) {
      const std::lock_guard lock(mutex);
      never_run.push_back(std::move(run));
    }));
    ++resumed;
  };
  auto queue = std::make_unique<AsyncInferQueue>(compiled, 1);
  std::optional<Task> task(body(*queue));
  queue.reset();
  ASSERT_EQ(never_run.size(), 1U);
  task.reset();
  never_run.front()();
  EXPECT_EQ(resumed, 0);
}

}  // namespace
}  // namespace inferqueue
