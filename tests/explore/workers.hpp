// The operating system's threads that the tasks run on.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "explore/task.hpp"

namespace inferqueue::explore {

/// Threads are kept from one execution to the next: making one takes longer than a whole execution. All run on one
/// processor, the caller's, because only one runs at a time and handing over is quicker so.
/// Thread rules: one thread at a time.
class Workers {
 public:
  Workers();
  /// All workers must be free, unless they were abandoned.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  Workers(Workers&&) = delete;
  Workers& operator=(Workers&&) = delete;

  Worker& take();
  /// The worker may still be on its way back: it takes its next task when it is there.
  void give_back(Worker& worker) { free_.push_back(&worker); }
  /// Lets the threads stand where they are for ever: they hold locks and stacks of an execution that failed.
  void abandon() noexcept;

 private:
  struct Thread {
    Worker worker;
    std::thread native;
  };
  int processor_;
  std::vector<std::unique_ptr<Thread>> threads_;
  std::vector<Worker*> free_;
};

}  // namespace inferqueue::explore
