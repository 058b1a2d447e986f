// A runtime for scenarios: its threads are explored like all others.
#pragma once

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <vector>

#include "base/mutex.hpp"
#include "base/thread.hpp"
#include "core/backend.hpp"

namespace inferqueue::explore {

/// Checks the engine's part of the seam's contract on every call. Keeps what it knows of a slot without a lock of its
/// own: it is the engine that has to see to it that the calls for one slot don't meet.
/// Thread rules: set up by one thread before anything is submitted.
class ExploredBackend final : public core::Backend {
 public:
  using Hook = std::function<void(core::SlotId)>;

  explicit ExploredBackend(std::size_t slots) : slots_(slots) {}
  ~ExploredBackend() override;

  // ---- the seam
  std::size_t size() const noexcept override { return slots_.size(); }
  void connect(core::CompletionSink& sink) override { sink_ = &sink; }
  void bind(core::SlotId slot, core::Record& record) override;
  void reclaim(core::SlotId slot, core::Record& previous) noexcept override;
  void start(core::SlotId slot, RequestId run) override;
  void cancel(core::SlotId slot) noexcept override;
  bool is_cancellation(const std::exception_ptr& error) const noexcept override { return error != nullptr; }
  void collect(core::SlotId slot, core::Record& record) override;
  void unbind(core::SlotId slot, core::Record& record) noexcept override;

  // ---- commands
  /// Called before a call takes effect; may throw.
  Hook on_start, on_collect, on_cancel;
  /// From now on every start completes before it returns.
  void complete_inside_start() { completes_inside_ = true; }
  /// Tells that a callback of the slot's request runs, which keeps the slot.
  void set_in_callback(core::SlotId slot, bool is) { slots_[slot].is_in_callback = is; }
  /// Makes a thread that completes what is started, in the order of the starts. The destructor ends it.
  void add_device_thread();
  /// Reports that what a slot has started is complete, on the calling thread, and as often as it is called.
  void complete(core::SlotId slot);

 private:
  struct Slot {
    core::Record* bound = nullptr;
    RequestId run = 0;
    bool is_running = false;
    bool is_complete = false;  // and not unbound
    bool is_in_callback = false;
  };
  void serve();

  core::CompletionSink* sink_ = nullptr;
  bool completes_inside_ = false;
  std::vector<Slot> slots_;
  base::Mutex mutex_;
  base::CondVar changed_;
  std::deque<core::SlotId> started_ INFERQUEUE_GUARDED_BY(mutex_);
  bool stopping_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  std::vector<base::Thread> threads_;  // last: they use all of the above
};

}  // namespace inferqueue::explore
