// What the torture tests share. The test suite is one, in several files: `./dev torture` runs each test in a process of
// its own, beside the case of the same name for Python's openvino.AsyncInferQueue.
#pragma once

#include <atomic>
#include <memory>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/device.hpp"
#include "support/models.hpp"

namespace inferqueue {

/// Tests declare what their callbacks refer to before the queue: it outlives the queue then.
class Torture : public ::testing::Test {
 protected:
  struct Mine : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  /// Occupies a slot until the device goes on.
  static RequestId stand(AsyncInferQueue& queue, testing::Standstill& device, UserData user = {}) {
    const RequestId id = queue.start_async(testing::told(testing::command::stand), std::move(user));
    device.wait_until_standing();
    return id;
  }
  /// Ten more requests have ten callbacks, which `calls` counts.
  static void expect_works(AsyncInferQueue& queue, const std::atomic<int>& calls) {
    const int before = calls;
    for (int i = 0; i < 10; ++i) queue.start_async(testing::told(1), -1);
    EXPECT_NO_THROW(queue.wait_all());
    EXPECT_EQ(calls, before + 10);
  }

  std::unique_ptr<ov::Core> core = std::make_unique<ov::Core>();
  ov::CompiledModel compiled =
      core->compile_model(testing::relu_model(), "CPU", ov::hint::performance_mode("THROUGHPUT"));
  ov::Tensor good = testing::filled({1, 16}, 0);
  ov::CompiledModel commanded = testing::compile_command_model(*core);
};

}  // namespace inferqueue
