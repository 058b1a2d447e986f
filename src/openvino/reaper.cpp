#include "openvino/reaper.hpp"

#include <deque>
#include <new>
#include <thread>
#include <utility>

#include "base/mutex.hpp"

namespace inferqueue::openvino {
namespace {

using base::MutexLock;

class Reaper {
 public:
  Reaper() : thread_([this] { serve(); }) {}
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  Reaper(Reaper&&) = delete;
  Reaper& operator=(Reaper&&) = delete;
  /// Closes what is left, and then joins.
  ~Reaper() {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }

  void take(const std::shared_ptr<QueueState>& state) {
    const MutexLock lock(mutex_);
    states_.push_back(state);
    changed_.notify_all();
  }

 private:
  void serve() noexcept {
    for (;;) {
      std::shared_ptr<QueueState> next;
      {
        MutexLock lock(mutex_);
        while (states_.empty() && !stopping_) changed_.wait(lock);
        if (states_.empty()) return;
        next = std::move(states_.front());
        states_.pop_front();
      }
      next->engine().shut_down();
    }
  }

  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<std::shared_ptr<QueueState>> states_ INFERQUEUE_GUARDED_BY(mutex_);
  bool stopping_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace

void close_in_background(std::shared_ptr<QueueState> state) noexcept {
  // Kept by this count in any case: if it were the last, the queue would be destroyed here after all.
  auto* kept = new (std::nothrow) std::shared_ptr<QueueState>(state);
  try {
    static Reaper reaper;  // made now, after the runtime's statics, and so destroyed before them
    reaper.take(state);
    state.reset();
    delete kept;
  } catch (...) {
    static_cast<void>(kept);  // left for ever
  }
}

}  // namespace inferqueue::openvino
