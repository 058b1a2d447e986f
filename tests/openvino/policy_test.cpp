// What happens to a submission where no slot is idle, requests that expire, and outcomes in order.
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::code_thrown_by;
using testing::eventually;
using testing::Standstill;
using testing::told;
namespace command = testing::command;

/// What came of requests whose user data is an int, in the order of delivery: "5" for a value, "5 dropped" for others.
class Heard {
 public:
  void listen_to(AsyncInferQueue& queue) {
    queue.set_callback([this](Request& request, int) { add(request); });
    queue.set_error_callback([this](Request& request, const std::exception_ptr&) { add(request); });
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  void add(const Request& request) {
    std::string text = std::to_string(request.userdata<int>());
    if (request.outcome() != Outcome::value) text += std::string(" ") + to_string(request.outcome());
    const std::lock_guard lock(mutex_);
    all_.push_back(std::move(text));
  }
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

using Texts = std::vector<std::string>;

/// A queue of one slot, which runs request 0 until `device` lets it go on.
class QueuePolicy : public ::testing::Test {
 protected:
  void make(QueueOptions options) {
    options.jobs = 1;
    queue.emplace(compiled, options);
    heard.listen_to(*queue);
    queue->start_async(told(command::stand), 0);
    device.wait_until_standing();
  }
  void finish() {
    device.go_on();
    queue->wait_all();
    EXPECT_EQ(queue->statistics().idle, 1U);
  }

  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
  Heard heard;
  Standstill device;
  std::optional<AsyncInferQueue> queue;
};

TEST_F(QueuePolicy, BlockWaitsForTheSlot) {
  make({.backpressure = Backpressure::block});
  std::jthread submitter([&] { queue->start_async(told(1), 1); });
  EXPECT_TRUE(eventually([&] { return queue->report().waiting == 1; }));
  EXPECT_EQ(queue->report().unfinished, 1U) << "nothing is accepted before";
  device.go_on();
  submitter.join();
  finish();
  EXPECT_EQ(heard.all(), (Texts{"0", "1"}));
}

TEST_F(QueuePolicy, RejectLetsSomeWaitInLineAndRefusesMore) {
  make({.backpressure = Backpressure::reject, .max_pending = 2});
  queue->start_async(told(1), 1);
  queue->start_async(told(2), 2);
  EXPECT_EQ(code_thrown_by([&] { return queue->start_async(told(3), 3); }), Errc::pending_full);
  EXPECT_EQ(code_thrown_by([&] { return queue->submit(told(3), 3); }), Errc::pending_full);
  EXPECT_EQ(queue->statistics().refused_full, 2U);
  finish();
  EXPECT_EQ(heard.all(), (Texts{"0", "1", "2"}));
}

TEST_F(QueuePolicy, DropOldestDropsTheOneThatWaitsLongest) {
  make({.backpressure = Backpressure::drop_oldest, .max_pending = 2});
  for (int i = 1; i <= 4; ++i) queue->start_async(told(1), i);
  EXPECT_EQ(heard.all(), (Texts{"1 dropped", "2 dropped"})) << "delivered before the submission returns";
  finish();
  EXPECT_EQ(heard.all(), (Texts{"1 dropped", "2 dropped", "0", "3", "4"}));
  EXPECT_EQ(queue->statistics().dropped, 2U);
}

TEST_F(QueuePolicy, LatestPerSourceTakesThePlaceOfItsOwnSourceOnly) {
  make({.backpressure = Backpressure::latest_per_source});
  queue->start_async(told(1), 1, {.source = 7});
  queue->start_async(told(1), 2, {.source = 8});
  queue->start_async(told(1), 3, {.source = 7});
  queue->start_async(told(1), 4, {.source = 7});
  finish();
  EXPECT_EQ(heard.all(), (Texts{"1 dropped", "3 dropped", "0", "4", "2"}));
}

TEST_F(QueuePolicy, ASubmissionMayHaveItsOwn) {
  make({.backpressure = Backpressure::block, .max_pending = 1});
  queue->start_async(told(1), 1, {.backpressure = Backpressure::reject});
  queue->start_async(told(1), 2, {.backpressure = Backpressure::drop_oldest});
  finish();
  EXPECT_EQ(heard.all(), (Texts{"1 dropped", "0", "2"}));
}

TEST_F(QueuePolicy, ARequestExpiresInLineAndNeverRuns) {
  make({.backpressure = Backpressure::reject});
  const std::size_t begun = testing::inferences_begun();
  std::weak_ptr<void> input;
  queue->start_async(told(1, input), 1, {.expires_after = 1ms});
  queue->start_async(told(2), 2, {.expires_after = 1h});
  queue->start_async(told(3), 3);
  EXPECT_TRUE(eventually([&] { return heard.all() == Texts{"1 expired"}; })) << "without a slot that comes free";
  finish();
  EXPECT_EQ(heard.all(), (Texts{"1 expired", "0", "2", "3"}));
  EXPECT_EQ(queue->statistics().expired, 1U);
  EXPECT_EQ(testing::inferences_begun(), begun + 2);
  EXPECT_TRUE(input.expired());
}

TEST_F(QueuePolicy, ABlockedSubmissionIsRefusedWhenItsRequestWouldExpire) {
  make({.backpressure = Backpressure::block});
  EXPECT_THROW(queue->start_async(told(1), 1, {.expires_after = 1ms}), TimeoutError);
  EXPECT_EQ(queue->statistics().refused_timed_out, 1U);
  finish();
  EXPECT_EQ(heard.all(), (Texts{"0"}));
}

class QueueOrder : public ::testing::TestWithParam<std::size_t> {
 protected:
  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
};

TEST_P(QueueOrder, ASourceThatStandsStillKeepsItsOrderAndHoldsUpNoOther) {
  AsyncInferQueue queue(compiled, {.jobs = 2, .callback_threads = GetParam(), .in_order = true});
  Heard heard;
  heard.listen_to(queue);
  Standstill device;
  queue.start_async(told(command::stand), 0, {.source = 1});
  device.wait_until_standing();
  for (int i = 1; i < 4; ++i) queue.start_async(told(1), i, {.source = 1});
  // Three have run and wait for the first: one more than callback_backlog, which is as many as there are slots.
  EXPECT_TRUE(eventually([&] { return queue.statistics().idle == 1; }));
  EXPECT_FALSE(queue.try_start_async(told(1), 4, {.source = 1}));
  for (int i = 10; i < 20; ++i) queue.start_async(told(1), i, {.source = 2});
  EXPECT_TRUE(eventually([&] { return heard.all().size() == 10; }));
  queue.start_async(told(command::fail), 5, {.backpressure = Backpressure::reject, .source = 1});
  device.go_on();
  queue.wait_all();
  EXPECT_EQ(heard.all(),
            (Texts{"10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "0", "1", "2", "3", "5 error"}));
}

TEST_P(QueueOrder, EverySourceHearsInTheOrderOfSubmissionWhateverTheOutcomes) {
  AsyncInferQueue queue(compiled, {.jobs = 3,
                                   .callback_threads = GetParam(),
                                   .backpressure = Backpressure::drop_oldest,
                                   .max_pending = 4,
                                   .in_order = true});
  std::mutex mutex;
  std::map<int, std::vector<int>> heard;
  const auto add = [&](Request& request) {
    const auto [source, number] = request.userdata<std::pair<int, int>>();
    const std::lock_guard lock(mutex);
    heard[source].push_back(number);
  };
  queue.set_callback(add);
  queue.set_error_callback([&](Request& request, const std::exception_ptr&) { add(request); });
  std::vector<std::jthread> sources;
  for (int source = 0; source < 4; ++source)
    sources.emplace_back([&, source] {
      for (int i = 0; i < 300; ++i) {
        const float first = i % 7 == 0 ? command::fail : i % 3 == 0 ? command::nap : 1;
        const RequestId id =
            queue.start_async(told(first, 20), std::pair(source, i), {.source = static_cast<std::uint64_t>(source)});
        if (i % 5 == 0) queue.cancel(id);
      }
    });
  sources.clear();
  queue.wait_all();
  std::vector<int> expected(300);
  std::iota(expected.begin(), expected.end(), 0);
  for (int source = 0; source < 4; ++source) EXPECT_EQ(heard[source], expected) << "source " << source;
  EXPECT_EQ(queue.statistics().idle, 3U);
}

INSTANTIATE_TEST_SUITE_P(CallbackThreads, QueueOrder, ::testing::Values(0, 2),
                         [](const auto& named) { return named.param == 0 ? "Inline" : "Two"; });

}  // namespace
}  // namespace inferqueue
