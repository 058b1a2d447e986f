#include "support/fake_backend.hpp"

namespace inferqueue::testing {
namespace {

FakeRecord& ours(core::Record& record) {
  return static_cast<FakeRecord&>(record);
}

}  // namespace

FakeBackend::~FakeBackend() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void FakeBackend::expect(bool condition, const char* otherwise) {
  if (!condition) violations_.emplace_back(otherwise);
}

void FakeBackend::bind(core::SlotId slot, core::Record& record) {
  if (on_bind) on_bind(slot);
  const std::lock_guard lock(mutex_);
  expect(!slots_[slot].running, "bind on a slot that runs");
  expect(slots_[slot].record == nullptr, "bind on a slot that is bound");
  slots_[slot].record = &ours(record);
}

void FakeBackend::reclaim(core::SlotId slot, core::Record& previous) noexcept {
  const std::lock_guard lock(mutex_);
  expect(!slots_[slot].running, "reclaim on a slot that runs");
  if (ours(previous).output) slots_[slot].output = std::exchange(ours(previous).output, nullptr);
}

void FakeBackend::start(core::SlotId slot, RequestId run) {
  {
    const std::lock_guard lock(mutex_);
    slots_[slot].run = run;
  }
  if (on_start) on_start(slot);
  {
    const std::lock_guard lock(mutex_);
    expect(!slots_[slot].running, "start of a slot that runs");
    expect(slots_[slot].record != nullptr, "start of a slot that is not bound");
    if (!slots_[slot].output) slots_[slot].output = std::make_shared<int>(0);
    starts_.push_back(slot);
    if (!threads_.empty()) to_complete_.push_back(slot);
    slots_[slot].running = true;  // last: where there was no memory for the above, it has not started
  }
  changed_.notify_all();
  if (inside_start_) complete(slot);
}

void FakeBackend::collect(core::SlotId slot, core::Record& record) {
  if (on_collect) on_collect(slot);
  const std::lock_guard lock(mutex_);
  expect(slots_[slot].record == &record, "collect of a record that the slot doesn't have");
  ours(record).output = std::exchange(slots_[slot].output, nullptr);
}

void FakeBackend::unbind(core::SlotId slot, core::Record& record) noexcept {
  const std::lock_guard lock(mutex_);
  expect(!slots_[slot].running, "unbind of a slot that runs");
  expect(slots_[slot].record == &record || slots_[slot].record == nullptr, "unbind of another record");
  slots_[slot].record = nullptr;
}

void FakeBackend::cancel(core::SlotId slot) noexcept {
  if (on_cancel) on_cancel(slot);
}

bool FakeBackend::is_cancellation(const std::exception_ptr& error) const noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const Cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

void FakeBackend::complete_wrongly(core::SlotId slot, std::optional<RequestId> run) {
  RequestId latest = 0;
  {
    const std::lock_guard lock(mutex_);
    latest = slots_[slot].run;
  }
  sink_->completed(slot, run.value_or(latest), nullptr);
}

void FakeBackend::complete(core::SlotId slot, std::exception_ptr error) {
  RequestId run = 0;
  {
    const std::lock_guard lock(mutex_);
    run = slots_[slot].run;
    expect(slots_[slot].running, "the test completes a slot that doesn't run");
    slots_[slot].running = false;
    *slots_[slot].output = slots_[slot].record->input + 1;
  }
  sink_->completed(slot, run, std::move(error));
}

void FakeBackend::complete_inside_start() {
  inside_start_ = true;
}

void FakeBackend::complete_on_threads(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

void FakeBackend::serve() {
  for (;;) {
    core::SlotId slot = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !to_complete_.empty(); });
      if (to_complete_.empty()) return;
      slot = to_complete_.back();
      to_complete_.pop_back();
    }
    complete(slot);
  }
}

std::vector<core::SlotId> FakeBackend::wait_for_starts(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return starts_.size() >= count; });
  return starts_;
}

std::vector<std::string> FakeBackend::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

}  // namespace inferqueue::testing
