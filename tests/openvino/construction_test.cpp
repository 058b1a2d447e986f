// Both constructors and what they refuse.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include <inferqueue/inferqueue.hpp>

#include "support/models.hpp"

namespace inferqueue {
namespace {

using testing::filled;
using testing::relu_model;

TEST(Construction, FromAModelCompilesAndKeepsIt) {
  const ov::Core core;
  const auto model = relu_model();
  AsyncInferQueue queue(core, model, "CPU", {ov::hint::performance_mode("LATENCY")}, {.jobs = 3});
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(queue.model(), model);
  EXPECT_EQ(queue.compiled_model().get_property(ov::hint::performance_mode), ov::hint::PerformanceMode::LATENCY);
  queue.start_async(filled({1, 16}, 1));
  queue.wait_all();
}

TEST(Construction, FromAPathReadsTheModel) {
  const auto folder = std::filesystem::temp_directory_path() / ("inferqueue-test-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto file = folder / "a model.xml";
  ov::save_model(relu_model(), file.string());
  {
    AsyncInferQueue queue(ov::Core(), file, "CPU");
    EXPECT_NE(queue.model(), nullptr);
    queue.start_async(filled({1, 16}, 1));
    queue.wait_all();
  }
  EXPECT_THROW(AsyncInferQueue(ov::Core(), folder / "missing.xml", "CPU"), ov::Exception);
  std::filesystem::remove_all(folder);
}

TEST(Construction, AQueueOfACompiledModelKeepsNoModel) {
  const AsyncInferQueue queue(ov::Core().compile_model(relu_model(), "CPU"), QueueOptions{.jobs = 1});
  EXPECT_EQ(queue.model(), nullptr);
}

TEST(Construction, RefusesAbsurdNumbersOfJobs) {
  const auto compiled = ov::Core().compile_model(relu_model(), "CPU");
  EXPECT_THROW(AsyncInferQueue(compiled, static_cast<std::size_t>(-1)), Error);
  EXPECT_THROW(AsyncInferQueue(compiled, QueueOptions::max_jobs + 1), Error);
  EXPECT_THROW(AsyncInferQueue(compiled, QueueOptions{.jobs = 1, .callback_threads = 100000}), Error);
}

TEST(Construction, RefusesANullModel) {
  EXPECT_THROW(AsyncInferQueue(ov::Core(), std::shared_ptr<ov::Model>(), "CPU"), Error);
}

TEST(Construction, WorksOnCompositeDevices) {
  for (const std::string device : {"AUTO", "AUTO:CPU", "HETERO:CPU", "BATCH:CPU(4)"}) {
    SCOPED_TRACE(device);
    AsyncInferQueue queue(ov::Core(), relu_model(), device, {ov::hint::performance_mode("THROUGHPUT")});
    EXPECT_GE(queue.size(), 1U);
    int calls = 0;
    queue.set_callback([&](Request& request, int i) {
      ++calls;
      EXPECT_EQ(*request.result().data<float>(), static_cast<float>(i));
    });
    for (int i = 0; i < 20; ++i) queue.start_async(filled({1, 16}, static_cast<float>(i)), i);
    queue.wait_all();
    EXPECT_EQ(calls, 20);
  }
}

}  // namespace
}  // namespace inferqueue
