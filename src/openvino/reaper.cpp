#include "openvino/reaper.hpp"

#include <deque>
#include <thread>
#include <utility>

#include "base/clock.hpp"
#include "base/mutex.hpp"

namespace inferqueue::openvino {
namespace {

using base::MutexLock;

// Devices may let go of something while the process exits. These are still there then: nothing destroys them.
base::Mutex exit_mutex;
bool is_exiting INFERQUEUE_GUARDED_BY(exit_mutex) = false;

/// Joins its thread when the process exits.
class Reaper {
 public:
  Reaper() : thread_([this] { serve(); }) {}
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  Reaper(Reaper&&) = delete;
  Reaper& operator=(Reaper&&) = delete;
  /// Closes what is left, and then joins.
  ~Reaper() {
    {
      const MutexLock lock(exit_mutex);
      is_exiting = true;
    }
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }

  /// Leaves nothing behind: this thread lets go of the state last. If it throws, nothing is taken.
  void take(std::shared_ptr<QueueState>& state) {
    const MutexLock lock(mutex_);
    states_.push_back(std::move(state));
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
      close_and_let_go(std::move(next));
    }
  }

  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<std::shared_ptr<QueueState>> states_ INFERQUEUE_GUARDED_BY(mutex_);
  bool stopping_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: it uses all of the above
};

/// Lets go of what it holds only when it is told to; otherwise never. So nobody destroys what others still use where
/// there is no memory for what has to be done first.
union Kept {
  explicit Kept(std::shared_ptr<QueueState> its) noexcept : state(std::move(its)) {}
  Kept(const Kept&) = delete;
  Kept& operator=(const Kept&) = delete;
  Kept(Kept&&) = delete;
  Kept& operator=(Kept&&) = delete;
  ~Kept() {}  // NOLINT(modernize-use-equals-default): would be deleted

  std::shared_ptr<QueueState> state;
};

}  // namespace

void close_and_let_go(std::shared_ptr<QueueState> state) noexcept {
  Kept kept(std::move(state));
  try {
    QueueState& its = *kept.state;
    const auto patience = its.abandon_after();
    its.engine().close(CloseMode::drain, {.per_run = patience});
    const auto now = base::Clock::now();
    const bool all_have_left = its.gate().close_and_wait(
        patience < base::Clock::time_point::max() - now ? now + patience : base::Clock::time_point::max());
    if (!all_have_left) return;  // somebody is inside a call of the runtime that doesn't come back
    its.engine().when_let_go([owner = kept.state]() mutable { close_in_background(std::move(owner)); });
    kept.state.reset();
  } catch (...) {
    static_cast<void>(kept);  // left for ever
  }
}

void close_in_background(std::shared_ptr<QueueState> state) noexcept {
  Kept kept(std::move(state));
  try {
    const MutexLock lock(exit_mutex);
    if (is_exiting) return;
    static Reaper reaper;  // made now, after the runtime's statics, and so destroyed before them
    reaper.take(kept.state);
  } catch (...) {
    static_cast<void>(kept);  // left for ever
  }
}

}  // namespace inferqueue::openvino
