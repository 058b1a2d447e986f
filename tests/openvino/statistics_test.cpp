// statistics(), and slots that go on while callbacks still read.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::eventually;
using testing::Standstill;
using testing::told;
namespace command = testing::command;

std::uint64_t outcomes(const Statistics& of) {
  return of.values + of.errors + of.cancelled + of.expired + of.dropped;
}

class QueueStatistics : public ::testing::Test {
 protected:
  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
};

TEST_F(QueueStatistics, CountEveryOutcomeAndAddUpAtEveryMoment) {
  AsyncInferQueue queue(compiled, {.jobs = 1, .backpressure = Backpressure::drop_oldest, .max_pending = 3});
  queue.set_error_callback([](Request&, const std::exception_ptr&) {});
  Standstill device;
  queue.start_async(told(command::stand));
  device.wait_until_standing();
  const RequestId dropped = queue.start_async(told(1));
  const RequestId cancelled = queue.start_async(told(1));
  queue.start_async(told(command::fail));
  queue.start_async(told(1));
  EXPECT_TRUE(queue.cancel(cancelled));
  queue.start_async(told(1), {}, {.expires_after = 1ms});
  EXPECT_TRUE(eventually([&] { return queue.statistics().expired == 1; }));
  EXPECT_THROW(queue.start_async(told(1), {}, {.wait = {.timeout = 0ms}, .backpressure = Backpressure::block}), Error);
  EXPECT_FALSE(queue.cancel(dropped));

  Statistics now = queue.statistics();
  EXPECT_EQ(now.accepted, 6U);
  EXPECT_EQ(now.unfinished, 3U);
  EXPECT_EQ(now.pending, 2U);
  EXPECT_EQ(now.running, 1U);
  EXPECT_EQ(now.idle, 0U);
  EXPECT_EQ(now.accepted, outcomes(now) + now.unfinished);
  EXPECT_EQ(now.service.count(), 0U) << "only what has run";

  device.go_on();
  queue.wait_all();
  queue.close();
  EXPECT_THROW(queue.start_async(told(1)), Error);
  now = queue.statistics();
  EXPECT_EQ(now.values, 2U);
  EXPECT_EQ(now.errors, 1U);
  EXPECT_EQ(now.cancelled, 1U);
  EXPECT_EQ(now.expired, 1U);
  EXPECT_EQ(now.dropped, 1U);
  EXPECT_EQ(now.accepted, outcomes(now));
  EXPECT_EQ(now.refused_timed_out, 1U);
  EXPECT_EQ(now.refused_closed, 1U);
  EXPECT_EQ(now.unfinished + now.pending + now.running + now.held + now.abandoned, 0U);
}

TEST_F(QueueStatistics, AddUpAlsoWhileThreadsSubmit) {
  AsyncInferQueue queue(compiled, {.jobs = 2, .callback_threads = 1, .backpressure = Backpressure::drop_oldest});
  queue.set_error_callback([](Request&, const std::exception_ptr&) {});
  std::jthread watcher([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const Statistics now = queue.statistics();
      ASSERT_EQ(now.accepted, outcomes(now) + now.unfinished);
      ASSERT_LE(now.pending + now.running, now.unfinished);
    }
  });
  for (int i = 0; i < 2000; ++i) queue.start_async(told(i % 5 == 0 ? command::fail : 1));
  queue.wait_all();
  watcher.request_stop();
  watcher.join();
  EXPECT_EQ(queue.statistics().accepted, 2000U);
}

TEST_F(QueueStatistics, HaveHistogramsOfWaitServiceAndCallback) {
  AsyncInferQueue queue(compiled, {.jobs = 1, .backpressure = Backpressure::reject});
  queue.set_callback([](Request&, int nap) { std::this_thread::sleep_for(std::chrono::milliseconds(nap)); });
  for (int i = 0; i < 10; ++i) queue.start_async(told(command::nap, 3000), i == 0 ? 20 : 0);
  queue.wait_all();
  const Statistics now = queue.statistics();
  for (const Histogram* each : {&now.wait, &now.service, &now.callback}) EXPECT_EQ(each->count(), 10U);
  EXPECT_GE(now.service.min(), 3ms);
  EXPECT_GE(now.service.percentile(50), 3ms);
  EXPECT_GE(now.callback.max(), 20ms);
  EXPECT_LT(now.callback.min(), 20ms);
  EXPECT_LT(now.wait.min(), 3ms) << "the first had a slot at once";
  EXPECT_GE(now.wait.max(), 20ms + 9 * 3ms) << "the last has waited for the others";
}

/// Callbacks that take their outputs, wait, and read them then.
class QueueBacklog : public ::testing::Test {
 protected:
  void listen_to(AsyncInferQueue& queue) {
    queue.set_callback([this](Request& request, float first) {
      const ov::Tensor output = request.result();
      ++inside;
      goes_on.wait();
      intact += *output.data<float>() == first;
      const std::lock_guard lock(mutex);
      memory.insert(output.data());
    });
  }

  struct Signal {
    std::promise<void> promise;
    std::shared_future<void> future = promise.get_future().share();
    void wait() const { std::shared_future<void>(future).wait(); }
  };

  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
  Signal goes_on;
  std::atomic<int> inside{0};
  std::atomic<int> intact{0};
  std::mutex mutex;
  std::set<const void*> memory;
};

TEST_F(QueueBacklog, TheSlotGoesOnWhileCallbacksStillReadTheirOutputs) {
  AsyncInferQueue queue(
      compiled, {.jobs = 1, .callback_threads = 2, .callback_backlog = 3, .backpressure = Backpressure::reject});
  listen_to(queue);
  const std::size_t begun = testing::inferences_begun();
  for (int i = 0; i < 10; ++i) queue.start_async(told(static_cast<float>(i)), static_cast<float>(i));
  // Three have left the slot, the fourth keeps it: two are in their callbacks, two wait for a thread.
  EXPECT_TRUE(eventually([&] { return queue.report().slots[0].state == SlotState::finishing && inside == 2; }));
  EXPECT_EQ(testing::inferences_begun(), begun + 4) << "the outputs of so many at most are unread";
  EXPECT_EQ(queue.report().pending, 6U);
  EXPECT_EQ(queue.statistics().unfinished, 10U);
  goes_on.promise.set_value();
  queue.wait_all();
  EXPECT_EQ(intact, 10);
}

TEST_F(QueueBacklog, OfZeroKeepsTheSlotUntilTheCallbackHasReturned) {
  AsyncInferQueue queue(
      compiled, {.jobs = 1, .callback_threads = 2, .callback_backlog = 0, .backpressure = Backpressure::reject});
  listen_to(queue);
  const std::size_t begun = testing::inferences_begun();
  for (int i = 0; i < 4; ++i) queue.start_async(told(static_cast<float>(i)), static_cast<float>(i));
  EXPECT_TRUE(eventually([&] { return inside == 1; }));
  EXPECT_EQ(testing::inferences_begun(), begun + 1);
  EXPECT_EQ(queue.report().slots[0].state, SlotState::finishing);
  goes_on.promise.set_value();
  queue.wait_all();
  EXPECT_EQ(intact, 4);
  EXPECT_EQ(memory.size(), 1U);
}

}  // namespace
}  // namespace inferqueue
