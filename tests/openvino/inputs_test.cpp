// Every form of inputs, and that nothing of one submission reaches another.
#include <map>
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

class QueueInputs : public ::testing::Test {
 protected:
  float sum_of(const Inputs& inputs) {
    float sum = 0;
    queue.set_callback([&](Request& request) { sum = *request.result("sum").data<float>(); });
    queue.start_async(inputs);
    queue.wait_all();
    return sum;
  }
  /// Writes the slot's own tensors.
  void write_own(float a, float b) {
    Lease lease = queue.lease();
    std::fill_n(lease.input(0).data<float>(), 4, a);
    std::fill_n(lease.input("b").data<float>(), 4, b);
  }
  std::string refusal(const Inputs& inputs) {
    try {
      queue.start_async(inputs);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::invalid_input);
      return error.what();
    }
    return "accepted";
  }

  ov::Core core;
  std::shared_ptr<ov::Model> model = two_inputs_model();
  ov::CompiledModel compiled = core.compile_model(model, "CPU");
  AsyncInferQueue queue{compiled, 1};
  ov::Tensor one = filled({1, 4}, 1), two = filled({1, 4}, 2);
};

TEST_F(QueueInputs, ComeByPositionIndexNameOrPort) {
  write_own(10, 20);
  EXPECT_EQ(sum_of({}), 30);
  EXPECT_EQ(sum_of(one), 21);
  EXPECT_EQ(sum_of({one, two}), 3);
  EXPECT_EQ(sum_of(std::vector<ov::Tensor>{one, two}), 3);
  EXPECT_EQ(sum_of({{1, two}}), 12);
  EXPECT_EQ(sum_of({{"b", two}, {"a", one}}), 3);
  EXPECT_EQ(sum_of(std::map<std::string, ov::Tensor>{{"b", one}}), 11);
  EXPECT_EQ(sum_of(std::map<std::size_t, ov::Tensor>{{0, two}}), 22);
  EXPECT_EQ(sum_of({{compiled.input("b"), one}}), 11);
  EXPECT_EQ(sum_of({{model->input("b"), one}}), 11);  // the uncompiled model's port
}

TEST_F(QueueInputs, NothingOfAnEarlierSubmissionReachesALaterOne) {
  write_own(10, 20);
  EXPECT_EQ(sum_of({one, two}), 3);
  EXPECT_EQ(sum_of({}), 30);  // the slot's own again, not the tensors of before
  const Lease lease = queue.lease();
  EXPECT_NE(lease.input(0).data(), one.data());
  EXPECT_EQ(*lease.input(0).data<float>(), 10);
}

TEST_F(QueueInputs, ARefusedSubmissionLeavesNothingBehind) {
  write_own(10, 20);
  EXPECT_NE(refusal({{"a", one}, {"b", filled({1, 5}, 1)}}), "accepted");
  EXPECT_EQ(sum_of({}), 30);
}

TEST_F(QueueInputs, RefusalsNameTheInputAndWhatItTakes) {
  EXPECT_EQ(refusal(filled({1, 7}, 0)), "input 0 (\"a\") takes f32 [1,4], but the tensor is f32 [1,7]");
  EXPECT_EQ(refusal(ov::Tensor(ov::element::u8, {1, 4})),
            "input 0 (\"a\") takes f32 [1,4], but the tensor is u8 [1,4]");
  EXPECT_EQ(refusal(ov::Tensor()), "input 0 (\"a\") takes f32 [1,4], but the tensor is empty (default-constructed)");
  EXPECT_EQ(refusal({{"nope", one}}), "the model has no input \"nope\"; its inputs are: 0 (\"a\"), 1 (\"b\")");
  EXPECT_EQ(refusal({{2, one}}), "the model has no input 2; its inputs are: 0 (\"a\"), 1 (\"b\")");
  EXPECT_EQ(refusal({{-1, one}}).substr(0, 24), "the model has no input 1");
  EXPECT_EQ(refusal({{"a", one}, {0, two}}), "input 0 (\"a\") is given twice");
  EXPECT_EQ(refusal({one, two, one}), "3 tensors were given; the model has 2 inputs: 0 (\"a\"), 1 (\"b\")");
}

TEST_F(QueueInputs, BadInputKeepsTheSlots) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_NE(refusal(filled({3, 4}, 0)), "accepted");
    EXPECT_NE(refusal({{"nope", one}}), "accepted");
  }
  int calls = 0;
  queue.set_callback([&](Request&) { ++calls; });
  for (int i = 0; i < 10; ++i) queue.start_async({one, two});
  queue.wait_all();
  EXPECT_EQ(calls, 10);
}

TEST_F(QueueInputs, TensorsAreSharedUntilCompletionAndThenLetGo) {
  std::vector<float> memory(4, 5);
  const auto life = std::make_shared<int>(0);
  struct Allocator {
    std::vector<float>* memory;
    std::shared_ptr<int> life;
    void* allocate(std::size_t, std::size_t) { return memory->data(); }
    void deallocate(void*, std::size_t, std::size_t) noexcept {}
    bool is_equal(const Allocator& other) const { return memory == other.memory; }
  };
  queue.start_async(ov::Tensor(ov::element::f32, {1, 4}, Allocator{&memory, life}));
  queue.wait_all();
  EXPECT_EQ(life.use_count(), 1) << "something still holds the caller's tensor";
}

TEST(QueueDynamicInputs, TakeEveryShapeThatFits) {
  ov::Core core;
  AsyncInferQueue queue(core.compile_model(relu_model({-1, -1}), "CPU"), 2);
  std::vector<ov::Shape> shapes(10);
  queue.set_callback([&](Request& request, std::size_t i) { shapes[i] = request.result().get_shape(); });
  for (std::size_t i = 0; i < shapes.size(); ++i) queue.start_async(filled({i + 1, 2 * i + 1}, 1), i);
  Lease lease = queue.lease();
  lease.input().set_shape({3, 3});
  std::fill_n(lease.input().data<float>(), 9, 1.0F);
  lease.start_async(std::size_t{0});
  queue.wait_all();
  EXPECT_EQ(shapes[0], (ov::Shape{3, 3}));
  for (std::size_t i = 1; i < shapes.size(); ++i) EXPECT_EQ(shapes[i], (ov::Shape{i + 1, 2 * i + 1}));
  EXPECT_THROW(queue.start_async(filled({1, 2, 3}, 1), std::size_t{0}), Error);
}

}  // namespace
}  // namespace inferqueue
