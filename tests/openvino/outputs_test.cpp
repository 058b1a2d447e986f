// Outputs belong to the request: they stay while somebody holds it.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <inferqueue/inferqueue.hpp>

#include "support/models.hpp"

namespace inferqueue {
namespace {

using testing::filled;
using testing::relu_model;
using testing::two_inputs_model;

void keep_all_and_compare(const ov::CompiledModel& compiled, const ov::Shape& shape) {
  std::vector<Request> kept;
  {
    AsyncInferQueue queue(compiled, 2);
    queue.set_callback([&](Request& request) { kept.push_back(request); });
    for (int i = 0; i < 20; ++i) queue.start_async(filled(shape, static_cast<float>(i)), i);
    queue.wait_all();
  }
  ASSERT_EQ(kept.size(), 20U);
  for (const Request& request : kept) {
    const auto expected = static_cast<float>(request.userdata<int>());
    const ov::Tensor output = request.result();
    ASSERT_EQ(output.get_shape(), shape);
    for (std::size_t k = 0; k < output.get_size(); ++k) ASSERT_EQ(output.data<float>()[k], expected);
  }
}

TEST(Outputs, OfKeptRequestsStayAsTheyAreEvenAfterTheQueueIsGone) {
  ov::Core core;
  keep_all_and_compare(core.compile_model(relu_model(), "CPU"), {1, 16});
}

TEST(Outputs, OfKeptRequestsStayAlsoWhereTheShapeIsDynamic) {
  ov::Core core;
  keep_all_and_compare(core.compile_model(relu_model({-1, 4}), "CPU"), {3, 4});
}

TEST(Outputs, OfKeptRequestsStayAlsoOnCompositeDevices) {
  ov::Core core;
  for (const std::string device : {"AUTO:CPU", "HETERO:CPU"}) {
    SCOPED_TRACE(device);
    keep_all_and_compare(core.compile_model(relu_model(), device), {1, 16});
  }
}

TEST(Outputs, AKeptTensorKeepsItsMemoryWithoutTheRequest) {
  ov::Core core;
  std::vector<ov::Tensor> kept;
  {
    AsyncInferQueue queue(core.compile_model(relu_model(), "CPU"), 1);
    queue.set_callback([&](Request& request) { kept.push_back(request.result()); });
    for (int i = 0; i < 5; ++i) queue.start_async(filled({1, 16}, static_cast<float>(i)));
    queue.wait_all();
  }
  for (std::size_t i = 0; i < kept.size(); ++i) EXPECT_EQ(*kept[i].data<float>(), static_cast<float>(i));
}

TEST(Outputs, CanBeTheInputsOfAnotherQueue) {
  ov::Core core;
  const ov::CompiledModel compiled = core.compile_model(relu_model(), "CPU");
  AsyncInferQueue second(compiled, 1);
  AsyncInferQueue first(compiled, 2);
  std::vector<float> results(50);
  second.set_callback([&](Request& request, std::size_t i) { results[i] = *request.result().data<float>(); });
  first.set_callback([&](Request& request, std::size_t i) { second.start_async(request.result(), i); });
  for (std::size_t i = 0; i < results.size(); ++i) first.start_async(filled({1, 16}, static_cast<float>(i)), i);
  first.wait_all();
  second.wait_all();
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i], static_cast<float>(i));
}

TEST(Outputs, NobodyHoldsAreWrittenAgainInPlace) {
  ov::Core core;
  AsyncInferQueue queue(core.compile_model(relu_model(), "CPU"), 1);
  std::vector<const void*> memory;
  queue.set_callback([&](Request& request) { memory.push_back(request.result().data()); });
  for (int i = 0; i < 5; ++i) queue.start_async(filled({1, 16}, 1));
  queue.wait_all();
  EXPECT_EQ(memory, std::vector<const void*>(5, memory.front()));
}

TEST(Outputs, AreLookedAtInPlace) {
  ov::Core core;
  AsyncInferQueue queue(core.compile_model(two_inputs_model(), "CPU"), 1);
  int looks = 0;
  queue.set_callback([&](Request& request) {
    const std::span<const float> difference = request.values<float>(1);
    EXPECT_EQ(std::vector<float>(difference.begin(), difference.end()), std::vector<float>(4, 2));
    EXPECT_EQ(difference.data(), request.result(1).data<float>());
    EXPECT_EQ(request.values<float>().data(), request.result(0).data<float>());
    EXPECT_THROW(request.values<float>(2), Error) << "there are two";
    EXPECT_THROW(request.values<std::int32_t>(1), ov::Exception) << "they are f32";
    ++looks;
  });
  queue.start_async({filled({1, 4}, 5), filled({1, 4}, 3)});
  queue.wait_all();
  EXPECT_EQ(looks, 1);
}

TEST(Outputs, HaveNamesAndPositions) {
  ov::Core core;
  AsyncInferQueue queue(core.compile_model(two_inputs_model(), "CPU"), 1);
  queue.set_callback([](Request& request) {
    EXPECT_EQ(request.results().size(), 2U);
    EXPECT_EQ(*request.result(0).data<float>(), 7);
    EXPECT_EQ(*request.result("difference").data<float>(), 3);
    EXPECT_EQ(request.model_outputs()[1].get_any_name(), "difference");
    EXPECT_THROW(static_cast<void>(request.result(2)), Error);
    EXPECT_THROW(static_cast<void>(request.result("nope")), Error);
  });
  queue.start_async({filled({1, 4}, 5), filled({1, 4}, 2)});
  queue.wait_all();
}

TEST(Outputs, OfASlotThatRunsAgainAreNotShownHalfWritten) {
  ov::Core core;
  ov::CompiledModel compiled = testing::compile_hook_model(core);
  AsyncInferQueue queue(compiled, 1);
  queue.start_async(filled({1, 4}, 1));
  queue.wait_all();
  Errc seen = Errc::invalid_argument;
  testing::HookOp::hook = [&](const ov::Tensor&) {
    try {
      static_cast<void>(queue[0].results());
    } catch (const Error& error) {
      seen = error.code();
    }
  };
  queue.start_async(filled({1, 4}, 2));
  queue.wait_all();
  testing::HookOp::hook = nullptr;
  EXPECT_EQ(seen, Errc::no_result);
  EXPECT_EQ(*queue[0].result().data<float>(), 2);
}

}  // namespace
}  // namespace inferqueue
