// AsyncInferQueue as somebody who comes from Python's would use it, on the real runtime.
#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/models.hpp"

namespace inferqueue {
namespace {

using testing::filled;
using testing::relu_model;

class Queue : public ::testing::Test {
 protected:
  ov::Core core;
  ov::CompiledModel relu = core.compile_model(relu_model(), "CPU", ov::hint::performance_mode("THROUGHPUT"));
};

TEST_F(Queue, TakesTheDevicesNumberOfRequestsByDefault) {
  EXPECT_EQ(AsyncInferQueue(relu).size(), relu.get_property(ov::optimal_number_of_infer_requests));
  EXPECT_EQ(AsyncInferQueue(relu, 5).size(), 5U);
}

TEST_F(Queue, CallsBackWithTheRequestAndItsUserData) {
  AsyncInferQueue queue(relu, 3);
  std::vector<float> results(20);
  queue.set_callback([&](Request& request, std::size_t& i) { results[i] = *request.result().data<float>(); });
  for (std::size_t i = 0; i < results.size(); ++i) queue.start_async(filled({1, 16}, static_cast<float>(i) - 5), i);
  queue.wait_all();
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i], std::max(0.0F, static_cast<float>(i) - 5));
}

TEST_F(Queue, ShowsItsSlots) {
  AsyncInferQueue queue(relu, 2);
  EXPECT_EQ(queue[0].latency().count(), 0);
  EXPECT_FALSE(queue[0].latest());
  EXPECT_THROW(static_cast<void>(queue[0].results()), Error);
  EXPECT_THROW(queue[2], Error);
  for (int i = 0; i < 2; ++i) queue.start_async(filled({1, 16}, 3), std::string("item ") + std::to_string(i));
  queue.wait_all();
  std::set<std::string> users;
  for (const Slot& slot : queue) {
    EXPECT_TRUE(slot.is_idle());
    EXPECT_GT(slot.latency().count(), 0);
    EXPECT_EQ(slot.result().data<float>()[15], 3.0F);
    EXPECT_EQ(slot.model_outputs().front().get_any_name(), "y");
    users.insert(slot.userdata<std::string>());
  }
  EXPECT_EQ(users, (std::set<std::string>{"item 0", "item 1"}));
}

TEST_F(Queue, TheIdleIdIsTheOneThatIsUsedNext) {
  AsyncInferQueue queue(relu, 3);
  std::vector<std::size_t> used(30);
  queue.set_callback([&](Request& request, std::size_t i) { used[i] = request.slot_id(); });
  std::vector<std::size_t> foretold;
  for (std::size_t i = 0; i < used.size(); ++i) {
    foretold.push_back(queue.get_idle_request_id());
    queue.start_async(filled({1, 16}, 1), i);
  }
  queue.wait_all();
  EXPECT_EQ(used, foretold);
  EXPECT_EQ(std::vector<std::size_t>(used.begin(), used.begin() + 3), (std::vector<std::size_t>{0, 1, 2}));
}

TEST_F(Queue, IsReadyWhileASlotIsIdle) {
  AsyncInferQueue queue(relu, 1);
  EXPECT_TRUE(queue.is_ready());
  const Lease lease = queue.lease();
  EXPECT_FALSE(queue.is_ready());
  EXPECT_FALSE(queue.try_lease());
}

TEST_F(Queue, ManyThreadsSubmit) {
  AsyncInferQueue queue(relu, 4);
  std::vector<std::atomic<int>> calls(2000);
  queue.set_callback([&](Request&, std::size_t i) { ++calls[i]; });
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 500; ++i) queue.start_async(filled({1, 16}, 1), t * 500 + i);
    });
  for (std::thread& thread : threads) thread.join();
  queue.wait_all();
  for (const auto& count : calls) ASSERT_EQ(count, 1);
}

TEST_F(Queue, ALeaseWritesTheSlotsOwnInputInPlace) {
  AsyncInferQueue queue(relu, 1);
  float seen = 0;
  queue.set_callback([&](Request& request) { seen = *request.result().data<float>(); });
  Lease lease = queue.lease();
  ov::Tensor input = lease.input();
  std::fill_n(input.data<float>(), 16, 4.0F);
  EXPECT_EQ(lease.input("x").data(), input.data());
  EXPECT_THROW(static_cast<void>(lease.input(1)), Error);
  EXPECT_EQ(lease.start_async(), 1U);
  EXPECT_FALSE(lease);
  EXPECT_THROW(lease.start_async(), Error);
  EXPECT_THROW(static_cast<void>(lease.input()), Error);
  queue.wait_all();
  EXPECT_EQ(seen, 4.0F);
}

TEST_F(Queue, ADroppedLeaseGivesTheSlotBack) {
  AsyncInferQueue queue(relu, 1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.lease());
  EXPECT_TRUE(queue.is_ready());
  Lease first = queue.lease();
  Lease second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): what is tested
  second.release();
  EXPECT_TRUE(queue.is_ready());
}

TEST_F(Queue, ALeaseMayOutliveTheQueue) {
  auto queue = std::make_unique<AsyncInferQueue>(relu, 2);
  Lease lease = queue->lease();
  queue.reset();
  *lease.input().data<float>() = 1;
  EXPECT_THROW(lease.start_async(), Error);
}

TEST_F(Queue, DestroyingItInFlightRunsEveryCallback) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> calls{0};
    {
      AsyncInferQueue queue(relu, 4);
      queue.set_callback([&](Request&) { ++calls; });
      for (int i = 0; i < 4; ++i) queue.start_async(filled({1, 16}, 1));
    }
    EXPECT_EQ(calls, 4);
  }
}

TEST_F(Queue, CoreAndModelMayGoFirst) {
  auto own_core = std::make_unique<ov::Core>();
  auto compiled = std::make_unique<ov::CompiledModel>(own_core->compile_model(relu_model(), "CPU"));
  AsyncInferQueue queue(*compiled, 2);
  compiled.reset();
  own_core.reset();
  for (int i = 0; i < 10; ++i) queue.start_async(filled({1, 16}, 1));
  queue.wait_all();
}

TEST(QueueOfACompositeDevice, LeavesTheCodeThatItsThreadsReturnThroughWhereItIs) {
  const auto is_loaded = [] {
    void* const library = dlopen("libopenvino_hetero_plugin.so", RTLD_LAZY | RTLD_NOLOAD);
    if (library != nullptr) dlclose(library);
    return library != nullptr;
  };
  {
    ov::Core own_core;
    AsyncInferQueue queue(own_core.compile_model(relu_model(), "HETERO:CPU"), 1);
    queue.start_async(filled({1, 16}, 1));
    queue.wait_all();
    ASSERT_TRUE(is_loaded());
  }
  EXPECT_TRUE(is_loaded());
}

}  // namespace
}  // namespace inferqueue
