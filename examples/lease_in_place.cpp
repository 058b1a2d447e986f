// A lease is an idle slot that you have taken: its input tensor is written in place, and no input is copied or
// allocated for an item. Only the public API; the model is made here: y = x * x over a million numbers.
// usage: lease_in_place
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <exception>
#include <memory>
#include <set>
#include <span>

#include <openvino/op/multiply.hpp>
#include <openvino/op/parameter.hpp>

#include <inferqueue/inferqueue.hpp>

int main() try {
  constexpr int items = 100;
  const auto x = std::make_shared<ov::op::v0::Parameter>(ov::element::f32, ov::Shape{1, 1'000'000});
  const auto model = std::make_shared<ov::Model>(ov::OutputVector{std::make_shared<ov::op::v1::Multiply>(x, x)},
                                                 ov::ParameterVector{x});

  std::atomic<int> right = 0;  // before the queue, whose destructor waits for the callbacks that use it
  inferqueue::AsyncInferQueue queue(ov::Core(), model, "CPU", {ov::hint::performance_mode("THROUGHPUT")});
  queue.set_callback([&](inferqueue::Request& request, int item) {
    const ov::Tensor y = request.result();
    const auto is_square = [&](float value) { return value == static_cast<float>(item * item); };
    if (std::ranges::all_of(std::span(y.data<const float>(), y.get_size()), is_square)) ++right;
  });

  std::set<const void*> buffers;
  for (int item = 0; item < items; ++item) {
    inferqueue::Lease lease = queue.lease();  // waits for an idle slot; others can't get it now
    ov::Tensor input = lease.input();
    std::ranges::fill(std::span(input.data<float>(), input.get_size()), static_cast<float>(item));
    buffers.insert(input.data());
    lease.start_async(item);  // the lease is over; dropped without this, the slot would go back unused
  }
  queue.wait_all();
  std::printf("%d items through %zu slots: %d right, %zu input buffers\n", items, queue.size(), right.load(),
              buffers.size());
  return right == items && buffers.size() <= queue.size() ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "lease_in_place: %s\n", error.what());
  return 1;
}
