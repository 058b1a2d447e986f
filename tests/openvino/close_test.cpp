// close() and the destructor, while others are inside.
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

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

class QueueClose : public ::testing::Test {
 protected:
  void SetUp() override { make({.jobs = 1, .backpressure = Backpressure::reject}); }
  void make(const QueueOptions& options) {
    queue = std::make_unique<AsyncInferQueue>(compiled, options);
    queue->set_callback([this](Request&) { ++values; });
  }
  /// Occupies the slot until the device goes on.
  void occupy() {
    queue->start_async(told(command::stand));
    device.wait_until_standing();
  }
  bool is_closed() {
    return code_thrown_by([&] { return queue->try_lease(); }) == Errc::closed;
  }

  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
  std::atomic<int> values{0};
  Standstill device;
  std::unique_ptr<AsyncInferQueue> queue;
};

TEST_F(QueueClose, DrainsWhatWasAcceptedAndRefusesWhatComes) {
  occupy();
  for (int i = 0; i < 3; ++i) queue->start_async(told(1));
  auto closing = std::async(std::launch::async, [&] { return queue->close(); });
  EXPECT_TRUE(eventually([&] { return is_closed(); }));
  EXPECT_EQ(code_thrown_by([&] { return queue->start_async(told(1)); }), Errc::closed);
  EXPECT_EQ(code_thrown_by([&] { return queue->submit(told(1)); }), Errc::closed);
  EXPECT_EQ(code_thrown_by([&] { return queue->lease(); }), Errc::closed);
  EXPECT_EQ(closing.wait_for(0s), std::future_status::timeout);
  device.go_on();
  const CloseResult result = closing.get();
  EXPECT_EQ(result.cancelled + result.abandoned, 0U);
  EXPECT_EQ(values, 4);
}

TEST_F(QueueClose, CancelsTheLineAtOnceAndWhatRunsWhenTheCpuDoes) {
  occupy();
  std::vector<RequestFuture> waiting;
  for (int i = 0; i < 3; ++i) waiting.push_back(queue->submit(told(1)));
  auto closing = std::async(std::launch::async, [&] { return queue->close(CloseMode::cancel); });
  for (RequestFuture& future : waiting) EXPECT_EQ(code_thrown_by([&] { return future.get(); }), Errc::cancelled);
  EXPECT_EQ(closing.wait_for(0s), std::future_status::timeout);
  device.go_on();
  EXPECT_EQ(closing.get().cancelled, 3U) << "those that never ran";
  EXPECT_EQ(values, 0);
  EXPECT_EQ(queue->statistics().cancelled, 4U);
}

TEST_F(QueueClose, MayBeCalledAgainToCancel) {
  occupy();
  queue->start_async(told(1));
  auto draining = std::async(std::launch::async, [&] { return queue->close(); });
  EXPECT_TRUE(eventually([&] { return is_closed(); }));
  auto cancelling = std::async(std::launch::async, [&] { return queue->close(CloseMode::cancel); });
  EXPECT_TRUE(eventually([&] { return queue->statistics().cancelled == 1; }));
  device.go_on();
  EXPECT_EQ(cancelling.get().cancelled + draining.get().cancelled, 1U);
}

TEST_F(QueueClose, LeavesWaitAllReportAndStatisticsWhichStillAnswer) {
  queue->start_async(told(command::fail));
  queue->close();
  EXPECT_THROW(queue->wait_all(), std::exception) << "the error is still there to be taken";
  EXPECT_NO_THROW(queue->wait_all());
  EXPECT_EQ(queue->report().unfinished, 0U);
  EXPECT_EQ(queue->statistics().errors, 1U);
  EXPECT_FALSE(queue->is_ready());
  EXPECT_FALSE((*queue)[0].latest()->error() == nullptr);
}

TEST_F(QueueClose, InACallbackReturnsAtOnceAndTheRestIsDone) {
  occupy();
  std::promise<std::size_t> unfinished;
  queue->set_callback([&](Request&) {
    queue->close();
    unfinished.set_value(queue->statistics().unfinished);
  });
  queue->start_async(told(1));
  queue->set_callback([&](Request&) { ++values; });
  queue->start_async(told(1));
  queue->start_async(told(1));
  device.go_on();
  EXPECT_EQ(unfinished.get_future().get(), 3U);
  queue->wait_all();
  EXPECT_EQ(values, 3);
  EXPECT_TRUE(is_closed());
}

TEST_F(QueueClose, DoesNotWaitForTheLeaseThatItsOwnThreadHolds) {
  const Lease lease = queue->lease();
  RequestFuture waits = queue->submit(told(1));
  EXPECT_EQ(queue->close().cancelled, 1U);
  EXPECT_EQ(code_thrown_by([&] { return waits.get(); }), Errc::cancelled);
}

/// Threads that are inside calls of the queue's, each with what its call threw.
class Callers {
 public:
  void add(const std::function<void()>& call) {
    calls_.push_back(std::async(std::launch::async, [call] { return testing::code_thrown_by(call); }));
  }
  std::vector<std::optional<Errc>> codes() {
    std::vector<std::optional<Errc>> codes;
    for (auto& call : calls_) codes.push_back(call.get());
    return codes;
  }

 private:
  std::vector<std::future<std::optional<Errc>>> calls_;
};

TEST_F(QueueClose, WakesThoseThatWaitForASlot) {
  make({.jobs = 1});
  occupy();
  Callers callers;
  callers.add([&] { queue->start_async(told(1)); });
  callers.add([&] { queue->submit(told(1)); });
  callers.add([&] { static_cast<void>(queue->lease()); });
  EXPECT_TRUE(eventually([&] { return queue->report().waiting == 3; }));
  callers.add([&] { queue->get_idle_request_id(); });
  EXPECT_THROW(queue->wait_all({.timeout = 0ms}), TimeoutError);
  auto closing = std::async(std::launch::async, [&] { return queue->close(); });
  EXPECT_EQ(callers.codes(), std::vector<std::optional<Errc>>(4, Errc::closed)) << "before the device goes on";
  device.go_on();
  closing.get();
  EXPECT_GE(queue->statistics().refused_closed, 4U);
}

/// What a thread has given to a submission that is refused: holds the thread up inside the call.
struct HoldsUp {
  std::promise<void>* entered;
  std::shared_future<void> leave;
  HoldsUp(std::promise<void>* in, std::shared_future<void> out) : entered(in), leave(std::move(out)) {}
  HoldsUp(HoldsUp&& other) noexcept : entered(std::exchange(other.entered, nullptr)), leave(std::move(other.leave)) {}
  HoldsUp& operator=(HoldsUp&&) = delete;
  HoldsUp(const HoldsUp&) = delete;
  HoldsUp& operator=(const HoldsUp&) = delete;
  ~HoldsUp() {
    if (entered == nullptr) return;
    entered->set_value();
    leave.wait();
  }
};

TEST_F(QueueClose, TheDestructorWaitsForCallersThatAreInside) {
  make({.jobs = 1});
  occupy();
  std::promise<void> entered;
  std::promise<void> leave;
  Callers callers;
  callers.add([&, out = leave.get_future().share()] { queue->start_async(told(1), HoldsUp(&entered, out)); });
  callers.add([&] { static_cast<void>(queue->lease()); });
  EXPECT_TRUE(eventually([&] { return queue->report().waiting == 2; }));
  auto destroyed = std::async(std::launch::async, [&] { queue.reset(); });
  entered.get_future().wait();
  device.go_on();
  EXPECT_EQ(destroyed.wait_for(20ms), std::future_status::timeout) << "a thread is still inside start_async()";
  leave.set_value();
  destroyed.get();
  EXPECT_EQ(callers.codes(), std::vector<std::optional<Errc>>(2, Errc::closed));
  EXPECT_EQ(values, 1);
}

/// True if the thread, of this process, sleeps in the system.
bool is_asleep(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string line;
  std::getline(file, line);
  return line.substr(line.rfind(')') + 1, 2) == " S";
}

TEST_F(QueueClose, TheDestructorMayComeJustAsCallersGetWhatTheyWaitFor) {
  for (int round = 0; round < 200; ++round) {
    make({.jobs = 1});
    device.stop();
    occupy();
    Callers callers;
    callers.add([&] { queue->start_async(told(1)); });
    callers.add([&] { static_cast<void>(queue->lease()); });
    callers.add([&] { queue->submit(told(1)); });
    EXPECT_TRUE(eventually([&] { return queue->report().waiting == 3; }));
    std::promise<pid_t> waiter;
    callers.add([&] {
      waiter.set_value(::gettid());
      queue->wait_all();
    });
    const pid_t thread = waiter.get_future().get();
    EXPECT_TRUE(eventually([&] { return is_asleep(thread); })) << "it is in wait_all(): nothing else makes it wait";
    device.go_on();
    std::this_thread::sleep_for(std::chrono::microseconds(round % 3 * 20));  // so that it comes at various moments
    queue.reset();
    for (const std::optional<Errc>& code : callers.codes())
      EXPECT_TRUE(!code || code == Errc::closed) << (code ? to_string(*code) : "");
  }
}

TEST_F(QueueClose, DestroyedInACallbackItClosesThoseThatWait) {
  for (int round = 0; round < 20; ++round) {
    make({.jobs = 1});
    device.stop();
    occupy();
    queue->set_callback([&](Request&) { queue.reset(); });
    AsyncInferQueue* const inside = queue.get();
    Callers callers;
    callers.add([&] { inside->start_async(told(1)); });
    EXPECT_TRUE(eventually([&] { return inside->report().waiting == 1; }));
    callers.add([&] { inside->lease(); });
    EXPECT_TRUE(eventually([&] { return inside->report().waiting == 2; }));
    device.go_on();
    for (const std::optional<Errc>& code : callers.codes())
      EXPECT_TRUE(!code || code == Errc::closed) << (code ? to_string(*code) : "");
  }
}

// Queues are let go one after another there; that must not hold up who waits for a slot.
TEST_F(QueueClose, DestroyedInACallbackItClosesAtOnceWhateverElseIsBeingDestroyed) {
  make({.jobs = 1});
  auto first = std::make_unique<AsyncInferQueue>(compiled, QueueOptions{.jobs = 1, .callback_threads = 1});
  auto third = std::make_unique<AsyncInferQueue>(compiled, QueueOptions{.jobs = 1, .callback_threads = 1});
  occupy();
  std::promise<void> told_so;
  std::promise<void> is_inside;
  first->set_callback([&, told = told_so.get_future().share()](Request&) {
    first.reset();  // is not let go before this returns
    is_inside.set_value();
    told.wait();
  });
  first->start_async(told(1));
  is_inside.get_future().wait();
  AsyncInferQueue* const second = queue.get();
  std::thread waits([&] {
    EXPECT_EQ(code_thrown_by([&] { second->lease(); }), Errc::closed);
    told_so.set_value();
  });
  EXPECT_TRUE(eventually([&] { return second->report().waiting == 1; }));
  third->set_callback([&](Request&) { queue.reset(); });
  third->start_async(told(1));
  waits.join();
  device.go_on();
}

/// User data whose first move, once there is a meeting, takes as long as that.
struct SlowToMove {
  struct Meeting {
    std::promise<void> is_inside;
    std::promise<void> go_on;
  };
  SlowToMove() = default;
  SlowToMove(SlowToMove&& other) noexcept {
    Meeting* const met = std::exchange(other.meeting, nullptr);
    if (met == nullptr) return;
    met->is_inside.set_value();
    met->go_on.get_future().wait();
  }
  SlowToMove(const SlowToMove&) = delete;
  SlowToMove& operator=(const SlowToMove&) = delete;
  SlowToMove& operator=(SlowToMove&&) = delete;
  ~SlowToMove() = default;
  Meeting* meeting = nullptr;
};

TEST_F(QueueClose, DestroyedInACallbackWhileSomebodyTriesToSubmit) {
  make({.jobs = 2});
  auto other = std::make_unique<AsyncInferQueue>(compiled, QueueOptions{.jobs = 1, .callback_threads = 1});
  occupy();
  queue->set_error_callback([](Request&, const std::exception_ptr&) {});
  SlowToMove::Meeting meeting;
  AsyncInferQueue* const inside = queue.get();
  std::promise<void> destroyed;
  other->set_callback([&](Request&) {
    queue.reset();
    destroyed.set_value();
  });
  std::thread tries([&] {
    UserData data{SlowToMove()};
    data.as<SlowToMove>().meeting = &meeting;
    EXPECT_EQ(code_thrown_by([&] { return inside->try_start_async({}, std::move(data)); }), Errc::closed);
  });
  meeting.is_inside.get_future().wait();
  other->start_async(told(1));
  destroyed.get_future().wait();
  meeting.go_on.set_value();
  tries.join();
  device.go_on();
}

}  // namespace
}  // namespace inferqueue
