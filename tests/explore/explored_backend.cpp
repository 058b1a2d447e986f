#include "explore/explored_backend.hpp"

#include <utility>

#include "explore/explorer.hpp"

namespace inferqueue::explore {

using base::MutexLock;
using core::SlotId;

ExploredBackend::~ExploredBackend() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  threads_.clear();
}

void ExploredBackend::bind(SlotId slot, core::Record& record) {
  check(!slots_[slot].is_running, "bind on a slot that runs");
  check(!slots_[slot].is_in_callback, "bind on a slot whose callback has not returned");
  check(slots_[slot].bound == nullptr, "bind on a slot that is bound");
  slots_[slot].bound = &record;
}

void ExploredBackend::reclaim(SlotId slot, core::Record& previous) noexcept {
  check(!slots_[slot].is_running, "reclaim on a slot that runs");
  check(previous.slot == slot, "reclaim of another slot's record");
}

void ExploredBackend::start(SlotId slot, RequestId run) {
  slots_[slot].run = run;
  if (on_start) on_start(slot);
  check(slots_[slot].bound != nullptr, "start of a slot that is not bound");
  check(!slots_[slot].is_running, "start of a slot that runs");
  slots_[slot].is_running = true;
  if (completes_inside_) return complete(slot);
  if (threads_.empty()) return;
  const MutexLock lock(mutex_);
  started_.push_back(slot);
  changed_.notify_one();
}

void ExploredBackend::collect(SlotId slot, core::Record& record) {
  if (on_collect) on_collect(slot);
  check(slots_[slot].is_complete, "collect on a slot that has not completed");
  check(slots_[slot].bound == &record, "collect of a record that the slot doesn't have");
}

void ExploredBackend::unbind(SlotId slot, core::Record& record) noexcept {
  check(!slots_[slot].is_running, "unbind of a slot that runs");
  check(slots_[slot].bound == &record || slots_[slot].bound == nullptr, "unbind of another record");
  slots_[slot] = {.run = slots_[slot].run};
}

void ExploredBackend::cancel(SlotId slot) noexcept {
  if (on_cancel) on_cancel(slot);
}

void ExploredBackend::complete(SlotId slot) {
  const RequestId run = slots_[slot].run;
  if (std::exchange(slots_[slot].is_running, false)) slots_[slot].is_complete = true;
  sink_->completed(slot, run, nullptr);
}

void ExploredBackend::add_device_thread() {
  threads_.emplace_back([this] { serve(); });
}

void ExploredBackend::serve() {
  for (;;) {
    SlotId slot = 0;
    {
      MutexLock lock(mutex_);
      while (started_.empty() && !stopping_) changed_.wait(lock);
      if (started_.empty()) return;
      slot = started_.front();
      started_.pop_front();
    }
    complete(slot);
  }
}

}  // namespace inferqueue::explore
