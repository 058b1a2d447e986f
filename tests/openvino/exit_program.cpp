// Destroys a queue in its own callback and ends at once: what is left to do must be done before the runtime goes.
#include <future>
#include <memory>

#include <inferqueue/inferqueue.hpp>

#include "support/models.hpp"

int main() {
  ov::Core core;
  auto queue =
      std::make_unique<inferqueue::AsyncInferQueue>(core.compile_model(inferqueue::testing::relu_model(), "CPU"), 2);
  std::promise<void> destroyed;
  queue->set_callback([&](inferqueue::Request&, int i) {
    if (i != 1) return;
    queue.reset();
    destroyed.set_value();
  });
  for (int i = 0; i < 2; ++i) queue->start_async(inferqueue::testing::filled({1, 16}, 1), i);
  destroyed.get_future().wait();
  return 0;
}
