// submit(): a request whose outcome goes to a future.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <typeinfo>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/errors.hpp"

namespace inferqueue {
namespace {

using namespace std::chrono_literals;
using testing::code_thrown_by;
using testing::error_of;
using testing::Standstill;
using testing::told;
namespace command = testing::command;

std::string type_and_text(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& thrown) {
    return std::string(typeid(thrown).name()) + ": " + thrown.what();
  } catch (...) {
    return "no std::exception";
  }
}

class QueueFuture : public ::testing::Test {
 protected:
  ov::Core core;
  ov::CompiledModel compiled = testing::compile_command_model(core);
};

TEST_F(QueueFuture, HasTheRequestWithItsUserDataAndItsOutputs) {
  AsyncInferQueue queue(compiled, 2);
  RequestFuture future = queue.submit(told(3), std::string("mine"));
  EXPECT_EQ(future.id, 1U);
  Request request = future.get();
  EXPECT_EQ(request.id(), 1U);
  EXPECT_EQ(request.outcome(), Outcome::value);
  EXPECT_EQ(request.error(), nullptr);
  EXPECT_EQ(request.userdata<std::string>(), "mine");
  EXPECT_EQ(*request.result().data<float>(), 3);
}

TEST_F(QueueFuture, ThrowsWhatTheRuntimeThrewWithItsTypeAndTextAndTheSlotWorksAgain) {
  std::promise<std::exception_ptr> thrown;
  ov::InferRequest plain = compiled.create_infer_request();
  plain.set_input_tensor(told(command::fail));
  plain.set_callback([&](std::exception_ptr error) { thrown.set_value(std::move(error)); });
  plain.start_async();
  const std::string runtimes_own = type_and_text(thrown.get_future().get());
  EXPECT_NE(runtimes_own.find("the device failed as it was told"), std::string::npos) << runtimes_own;

  AsyncInferQueue queue(compiled, 1);
  for (int round = 0; round < 10; ++round) {
    RequestFuture failed = queue.submit(told(command::fail));
    EXPECT_EQ(type_and_text(error_of([&] { return failed.get(); })), runtimes_own);
    EXPECT_EQ(*queue.submit(told(5)).get().result().data<float>(), 5);
  }
}

TEST_F(QueueFuture, CanBeAPlainOne) {
  AsyncInferQueue queue(compiled, 1);
  std::future<Request> plain = queue.submit(told(4));
  std::shared_future<Request> shared = std::future<Request>(queue.submit(told(5))).share();
  EXPECT_EQ(*plain.get().result().data<float>(), 4);
  EXPECT_EQ(*shared.get().result().data<float>(), 5);
}

TEST_F(QueueFuture, MayOutliveTheQueueAndHasItsOutputs) {
  auto queue = std::make_unique<AsyncInferQueue>(compiled, 1);
  RequestFuture value = queue->submit(told(6));
  RequestFuture failed = queue->submit(told(command::fail));
  queue.reset();
  EXPECT_EQ(value.wait_for(0s), std::future_status::ready);
  EXPECT_EQ(*value.get().result().data<float>(), 6);
  EXPECT_THROW(failed.get(), std::exception);
}

TEST_F(QueueFuture, DroppedUnreadCostsNothing) {
  AsyncInferQueue queue(compiled, 1);
  for (int i = 0; i < 10; ++i) static_cast<void>(queue.submit(told(i % 2 == 0 ? 1 : command::fail)));
  queue.wait_all();
  EXPECT_EQ(queue.statistics().values, 5U);
  EXPECT_EQ(queue.statistics().errors, 5U);
}

TEST_F(QueueFuture, SaysThatTheRequestWasCancelledHasExpiredOrWasDropped) {
  AsyncInferQueue queue(compiled, {.jobs = 1, .backpressure = Backpressure::drop_oldest, .max_pending = 1});
  Standstill device;
  RequestFuture running = queue.submit(told(command::stand));
  RequestFuture dropped = queue.submit(told(1));
  RequestFuture cancelled = queue.submit(told(2));
  EXPECT_EQ(code_thrown_by([&] { return dropped.get(); }), Errc::dropped);
  EXPECT_TRUE(queue.cancel(cancelled.id));
  EXPECT_EQ(cancelled.wait_for(0s), std::future_status::ready) << "delivered before cancel() returns";
  EXPECT_EQ(code_thrown_by([&] { return cancelled.get(); }), Errc::cancelled);
  RequestFuture expired = queue.submit(told(3), {}, {.expires_after = 1ms});
  EXPECT_EQ(code_thrown_by([&] { return expired.get(); }), Errc::expired);
  device.go_on();
  EXPECT_EQ(*running.get().result().data<float>(), command::stand);
  EXPECT_NO_THROW(queue.wait_all());
}

TEST_F(QueueFuture, KeepsItsOutcomeFromTheCallbacksAndFromWaitAll) {
  AsyncInferQueue queue(compiled, 1);
  std::atomic<int> heard{0};
  queue.set_callback([&](Request&) { ++heard; });
  RequestFuture value = queue.submit(told(1));
  RequestFuture failed = queue.submit(told(command::fail));
  EXPECT_NO_THROW(queue.wait_all());
  queue.set_error_callback([&](Request&, const std::exception_ptr&) { ++heard; });
  RequestFuture failed_too = queue.submit(told(command::fail));
  EXPECT_NO_THROW(queue.wait_all());
  EXPECT_EQ(heard, 0);
  EXPECT_NO_THROW(value.get());
  EXPECT_THROW(failed.get(), std::exception);
  EXPECT_THROW(failed_too.get(), std::exception);
}

TEST_F(QueueFuture, TakesUserDataThatTheCallbackWouldRefuse) {
  AsyncInferQueue queue(compiled, 1);
  queue.set_callback([](Request&, std::string&) {});
  EXPECT_EQ(queue.submit(told(1), 7).get().userdata<int>(), 7);
}

TEST_F(QueueFuture, OfARefusedSubmissionThereIsNone) {
  AsyncInferQueue queue(compiled, 1);
  EXPECT_EQ(code_thrown_by([&] { return queue.submit(ov::Tensor(ov::element::f32, {1, 7})); }), Errc::invalid_input);
  queue.close();
  EXPECT_EQ(code_thrown_by([&] { return queue.submit(told(1)); }), Errc::closed);
  EXPECT_EQ(queue.statistics().accepted, 0U);
}

}  // namespace
}  // namespace inferqueue
