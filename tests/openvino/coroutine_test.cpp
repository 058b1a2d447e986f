// co_await infer().
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/errors.hpp"
#include "support/task.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::code_of;
using testing::code_thrown_by;
using testing::Standstill;
using testing::Task;
using testing::told;
namespace command = testing::command;

Task add_result(AsyncInferQueue& queue, ov::Tensor input, std::atomic<int>& sum, SubmitOptions options = {}) {
  Request request = co_await queue.infer(std::move(input), 7, std::move(options));
  sum += static_cast<int>(*request.result().data<float>()) + request.userdata<int>();
}

/// About where the stack of the calling thread is.
[[gnu::noinline]] std::uintptr_t depth_of_stack() {
  return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
}

Task await_often(AsyncInferQueue& queue, int times, Executor executor, std::vector<std::uintptr_t>& depths) {
  const ov::Tensor input = told(1);
  for (int i = 0; i < times; ++i) {
    const Request request = co_await queue.infer(input, {}, {}, executor);
    if (i == 10 || i == times - 1) depths.push_back(depth_of_stack());
  }
}

/// Threads on which something happened.
class Threads {
 public:
  void add_this() {
    const std::lock_guard lock(mutex_);
    ids_.insert(std::this_thread::get_id());
  }
  std::set<std::thread::id> ids() const {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::thread::id> ids_;
};

Task note_threads(AsyncInferQueue& queue, int times, Threads& threads, Executor executor = nullptr) {
  const ov::Tensor input = told(1);
  for (int i = 0; i < times; ++i) {
    const Request request = co_await queue.infer(input, {}, {}, executor);
    threads.add_this();
  }
}

class QueueCoroutine : public ::testing::Test {
 protected:
  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
};

TEST_F(QueueCoroutine, GetsTheRequest) {
  AsyncInferQueue queue(compiled, 1);
  std::atomic<int> sum{0};
  add_result(queue, told(3), sum).get();
  EXPECT_EQ(sum, 10);
}

TEST_F(QueueCoroutine, GetsWhatBecameOfTheRequestAndNobodyElseHearsOfIt) {
  AsyncInferQueue queue(compiled, 1);
  std::atomic<int> heard{0};
  queue.set_callback([&](Request&) { ++heard; });
  queue.set_error_callback([&](Request&, const std::exception_ptr&) { ++heard; });
  std::atomic<int> sum{0};
  try {
    add_result(queue, told(command::fail), sum).get();
    ADD_FAILURE() << "the inference has thrown";
  } catch (const Error&) {
    ADD_FAILURE() << "it was the runtime's error, not the queue's";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("the device failed as it was told"), std::string::npos) << error.what();
  }
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(heard, 0);
  EXPECT_EQ(sum, 0);
}

TEST_F(QueueCoroutine, IsToldThatItsRequestWasCancelledHasExpiredOrWasDropped) {
  AsyncInferQueue queue(compiled, {.jobs = 1, .backpressure = Backpressure::drop_oldest, .max_pending = 1});
  const Standstill device;
  queue.start_async(told(command::stand));
  std::atomic<int> sum{0};
  Task dropped = add_result(queue, told(1), sum);
  Task cancelled = add_result(queue, told(1), sum);
  EXPECT_EQ(code_thrown_by([&] { dropped.get(); }), Errc::dropped);
  EXPECT_TRUE(queue.cancel(3));
  EXPECT_EQ(code_thrown_by([&] { cancelled.get(); }), Errc::cancelled);
  EXPECT_EQ(code_thrown_by([&] { add_result(queue, told(1), sum, {.expires_after = 1ms}).get(); }), Errc::expired);
  EXPECT_EQ(sum, 0);
}

TEST_F(QueueCoroutine, IsRefusedWhereItAwaits) {
  AsyncInferQueue queue(compiled, {.jobs = 1, .max_pending = 1});
  Standstill device;
  queue.start_async(told(command::stand));
  std::atomic<int> sum{0};
  Task waits = add_result(queue, told(1), sum);
  EXPECT_EQ(code_thrown_by([&] { add_result(queue, told(1), sum).get(); }), Errc::pending_full);
  EXPECT_EQ(code_thrown_by([&] { add_result(queue, ov::Tensor(ov::element::f32, {3}), sum).get(); }),
            Errc::invalid_input);
  device.go_on();
  waits.get();
  queue.close();
  EXPECT_EQ(code_thrown_by([&] { add_result(queue, told(1), sum).get(); }), Errc::closed);
  EXPECT_EQ(sum, 8);
  EXPECT_EQ(queue.statistics().accepted, 2U);
}

TEST_F(QueueCoroutine, AwaitsManyTimesOnOneSlotWithoutGrowingTheStack) {
  AsyncInferQueue queue(compiled, 1);
  for (const Executor& executor : {Executor(nullptr), Executor([](const std::function<void()>& run) { run(); })}) {
    SCOPED_TRACE(executor ? "resumed by an executor that runs at once" : "resumed by the queue");
    std::vector<std::uintptr_t> depths;
    await_often(queue, 3000, executor, depths).get();
    ASSERT_EQ(depths.size(), 2U);
    const auto grown = static_cast<std::intptr_t>(depths[0] - depths[1]);
    EXPECT_LT(std::abs(grown), 16 * 1024);
  }
}

TEST_F(QueueCoroutine, ManyAtOnceShareTheSlots) {
  AsyncInferQueue queue(compiled, {.jobs = 2, .callback_threads = 2});
  std::atomic<int> sum{0};
  std::vector<Task> tasks;
  tasks.reserve(200);
  for (int i = 0; i < 200; ++i) tasks.push_back(add_result(queue, told(static_cast<float>(i)), sum));
  for (Task& task : tasks) task.get();
  EXPECT_EQ(sum, 200 * 199 / 2 + 200 * 7);
}

TEST_F(QueueCoroutine, IsResumedOnTheQueuesOwnThreadsAndNotOnTheRuntimes) {
  for (const std::size_t callback_threads : {std::size_t{0}, std::size_t{3}}) {
    SCOPED_TRACE(callback_threads);
    AsyncInferQueue plain(compiled, 1);
    Threads runtimes;
    plain.set_callback([&](Request&) { runtimes.add_this(); });
    for (int i = 0; i < 20; ++i) plain.start_async(told(1));
    plain.wait_all();

    AsyncInferQueue queue(compiled, {.jobs = 2, .callback_threads = callback_threads});
    Threads resumed;
    std::vector<Task> tasks;
    for (int i = 0; i < 4; ++i) tasks.push_back(note_threads(queue, 20, resumed));
    for (Task& task : tasks) task.get();
    EXPECT_GE(resumed.ids().size(), 1U);
    EXPECT_LE(resumed.ids().size(), callback_threads == 0 ? 1 : callback_threads);
    EXPECT_FALSE(resumed.ids().contains(std::this_thread::get_id()));
    for (const std::thread::id id : runtimes.ids()) EXPECT_FALSE(resumed.ids().contains(id));
  }
}

/// An event loop of one thread.
class Loop {
 public:
  void post(std::function<void()> run) {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(run));
    changed_.notify_one();
  }
  Executor executor() {
    return [this](std::function<void()> run) { post(std::move(run)); };
  }
  std::thread::id id() const { return thread_.get_id(); }

 private:
  void serve(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return !posted_.empty(); })) {
      const std::function<void()> run = std::move(posted_.front());
      posted_.erase(posted_.begin());
      lock.unlock();
      run();
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::function<void()>> posted_;
  std::jthread thread_{[this](const std::stop_token& stop) { serve(stop); }};
};

TEST_F(QueueCoroutine, IsResumedOnItsExecutor) {
  AsyncInferQueue queue(compiled, 2);
  Loop loop;
  Threads resumed;
  note_threads(queue, 20, resumed, loop.executor()).get();
  EXPECT_EQ(resumed.ids(), (std::set<std::thread::id>{loop.id()}));
}

Task note_error(AsyncInferQueue& queue, Executor executor, std::string& text) {
  try {
    static_cast<void>(co_await queue.infer(told(1), {}, {}, executor));
  } catch (const std::exception& error) {
    text = error.what();
  }
}

TEST_F(QueueCoroutine, GetsWhatItsExecutorThrows) {
  AsyncInferQueue queue(compiled, 1);
  std::string text;
  note_error(queue, [](const std::function<void()>&) { throw std::runtime_error("the loop is full"); }, text).get();
  EXPECT_EQ(text, "the loop is full");
  EXPECT_NO_THROW(queue.wait_all());
}

}  // namespace
}  // namespace inferqueue
