#include "explore/workers.hpp"

#include <pthread.h>
#include <sched.h>

#include "explore/execution.hpp"

namespace inferqueue::explore {

Workers::Workers() : processor_(::sched_getcpu()) {}

Workers::~Workers() {
  for (const auto& thread : threads_) {
    thread->worker.task = nullptr;
    thread->worker.baton.pass();
    thread->native.join();
  }
}

Worker& Workers::take() {
  if (!free_.empty()) {
    Worker& worker = *free_.back();
    free_.pop_back();
    return worker;
  }
  threads_.push_back(std::make_unique<Thread>());
  Thread& made = *threads_.back();
  made.native = std::thread([&worker = made.worker] {
    for (;;) {
      worker.baton.take();
      if (worker.task == nullptr) return;
      Execution::run_task(*worker.task);
    }
  });
  if (processor_ >= 0) {
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(static_cast<std::size_t>(processor_), &only);
    ::pthread_setaffinity_np(made.native.native_handle(), sizeof only, &only);  // only for speed: it may fail
  }
  return made.worker;
}

void Workers::abandon() noexcept {
  for (auto& thread : threads_) {
    thread->native.detach();
    static_cast<void>(thread.release());
  }
  threads_.clear();
  free_.clear();
}

}  // namespace inferqueue::explore
