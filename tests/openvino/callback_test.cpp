// What can be a callback, and what it may do.
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/models.hpp"

namespace inferqueue {
namespace {

using testing::filled;
using testing::relu_model;

std::atomic<int> from_function{0};
void count_in_function(Request& /*request*/, int& add) {
  from_function += add;
}

class QueueCallback : public ::testing::Test {
 protected:
  void run(UserData user) {
    queue->start_async(filled({1, 16}, 1), std::move(user));
    queue->wait_all();
  }

  ov::Core core;
  ov::CompiledModel compiled = core.compile_model(relu_model(), "CPU");
  std::unique_ptr<AsyncInferQueue> queue = std::make_unique<AsyncInferQueue>(compiled, 1);
};

TEST_F(QueueCallback, MayBeAnyCallable) {
  int calls = 0;
  queue->set_callback([&](Request&) { ++calls; });
  run(1);
  queue->set_callback([&](Request&, UserData& user) { calls += user.as<int>(); });
  run(1);
  queue->set_callback([&](auto& request, auto& user) { calls += request.template userdata<int>() + user.has_value(); });
  run(1);
  queue->set_callback([&](const Request&, int add) mutable { calls += add; });
  run(1);
  queue->set_callback([owned = std::make_unique<int>(1), &calls](Request&, const int& add) { calls += *owned * add; });
  run(1);
  queue->set_callback([&](Request&, std::unique_ptr<int> taken) { calls += *taken; });
  run(std::make_unique<int>(1));
  EXPECT_EQ(calls, 7);
  queue->set_callback(&count_in_function);
  run(3);
  queue->set_callback(count_in_function);
  run(4);
  EXPECT_EQ(from_function, 7);
  queue->set_callback(nullptr);
  run(1);
  EXPECT_EQ(calls, 7);
}

TEST_F(QueueCallback, UserDataOfAnotherTypeIsRefusedAtSubmission) {
  queue->set_callback([](Request&, std::string&) {});
  try {
    run(5);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::user_data_mismatch);
  }
  EXPECT_THROW(run({}), Error);
  Lease lease = queue->lease();
  EXPECT_THROW(lease.start_async(5), Error);
  EXPECT_TRUE(queue->is_ready());
  run(std::string("right"));
}

TEST_F(QueueCallback, OfARequestIsTheOneOfItsSubmission) {
  std::atomic<int> first{0};
  std::atomic<int> second{0};
  std::promise<void> open;
  testing::HookOp::hook = [gate = open.get_future().share()](const ov::Tensor&) { gate.wait(); };
  AsyncInferQueue slow(testing::compile_hook_model(core), 2);
  slow.set_callback([&](Request&) { ++first; });
  slow.start_async(filled({1, 4}, 1));
  slow.set_callback([&](Request&) { ++second; });
  slow.start_async(filled({1, 4}, 1));
  open.set_value();
  slow.wait_all();
  testing::HookOp::hook = nullptr;
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
}

TEST_F(QueueCallback, MaySubmitWithoutDeadlock) {
  std::promise<void> finished;
  std::atomic<int> calls{0};
  queue->set_callback([&](Request& request, int i) {
    ++calls;
    EXPECT_GT(request.latency().count(), 0);
    if (i < 20)
      queue->start_async(filled({1, 16}, 1), i + 1);
    else
      finished.set_value();
  });
  queue->start_async(filled({1, 16}, 1), 0);
  finished.get_future().wait();
  queue->wait_all();
  EXPECT_EQ(calls, 21);
}

TEST_F(QueueCallback, MustNotWait) {
  int refused = 0;
  queue->set_callback([&](Request&) {
    for (const auto& wait : {std::function<void()>([&] { queue->wait_all(); }),
                             std::function<void()>([&] { static_cast<void>(queue->lease()); }),
                             std::function<void()>([&] { queue->get_idle_request_id(); })}) {
      try {
        wait();
      } catch (const Error& error) {
        refused += error.code() == Errc::would_deadlock;
      }
    }
  });
  run({});
  EXPECT_EQ(refused, 3);
}

TEST_F(QueueCallback, MayDestroyTheQueue) {
  std::promise<void> destroyed;
  queue->set_callback([&](Request& request) {
    queue.reset();
    EXPECT_EQ(*request.result().data<float>(), 1);
    destroyed.set_value();
  });
  queue->start_async(filled({1, 16}, 1));
  destroyed.get_future().wait();
  EXPECT_EQ(queue, nullptr);
}

// A blocked submission is accepted when it has a slot: so a callback can be retired by set_callback() and wait_all().
TEST_F(QueueCallback, OfABlockedSubmissionIsTheOneOfItsAcceptance) {
  const ov::CompiledModel commanded = testing::compile_command_model(core);
  testing::Standstill device;
  AsyncInferQueue narrow(commanded, 1);
  std::atomic<int> retired{0};
  std::atomic<int> present{0};
  narrow.set_callback([&](Request&) { ++retired; });
  narrow.start_async(testing::told(testing::command::stand));
  device.wait_until_standing();
  std::thread blocked([&] { narrow.start_async(testing::told(1), 7); });
  ASSERT_TRUE(testing::eventually([&] { return narrow.report().waiting == 1; }));
  std::thread mistaken([&] {
    EXPECT_EQ(testing::code_thrown_by([&] { narrow.start_async(testing::told(1), std::string("no int")); }),
              Errc::user_data_mismatch);
  });
  ASSERT_TRUE(testing::eventually([&] { return narrow.report().waiting == 2; }));
  narrow.set_callback([&](Request&, int) { ++present; });
  device.go_on();
  blocked.join();
  mistaken.join();
  narrow.wait_all();
  EXPECT_EQ(retired, 1);
  EXPECT_EQ(present, 1);
  for (const Slot& slot : narrow) EXPECT_TRUE(slot.is_idle());
}

TEST_F(QueueCallback, ThatIsNullIsNone) {
  void (*pointer)(Request&) = nullptr;
  for (const Callback& none : {Callback(pointer), Callback(std::function<void(Request&)>()), Callback(nullptr)}) {
    EXPECT_FALSE(none);
    queue->set_callback(none);
    queue->start_async(filled({1, 16}, 1));
    EXPECT_NO_THROW(queue->wait_all());
  }
}

}  // namespace
}  // namespace inferqueue
