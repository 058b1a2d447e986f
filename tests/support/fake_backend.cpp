#include "support/fake_backend.hpp"

namespace inferqueue::testing {
namespace {

FakeRecord& ours(core::Record& record) {
  return static_cast<FakeRecord&>(record);
}

std::exception_ptr how_it_ends(const FakeRecord& record, bool is_cancelled) {
  if (is_cancelled || record.faults.ends == Faults::Ends::as_cancelled) return std::make_exception_ptr(Cancelled());
  if (record.faults.ends == Faults::Ends::with_error)
    return std::make_exception_ptr(Fault(Fault::Place::device, record.input));
  return nullptr;
}

}  // namespace

FakeBackend::~FakeBackend() {
  let_go();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  if (at_end) at_end(violations_);
}

void FakeBackend::expect(bool condition, const char* otherwise) {
  if (!condition) violations_.emplace_back(otherwise);
}

void FakeBackend::bind(core::SlotId slot, core::Record& record) {
  if (on_bind) on_bind(slot);
  if (ours(record).faults.bind_throws) throw Fault(Fault::Place::bind, ours(record).input);
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
  Faults faults;
  int input = 0;
  RequestId earlier = 0;
  {
    const std::lock_guard lock(mutex_);
    earlier = std::exchange(slots_[slot].run, run);
    if (const FakeRecord* const record = slots_[slot].record) {
      faults = record->faults;
      input = record->input;
    }
  }
  if (on_start) on_start(slot);
  if (faults.completes_earlier_again && earlier != 0)
    sink_->completed(slot, earlier, std::make_exception_ptr(Fault(Fault::Place::again, input)));
  if (faults.start_throws) throw Fault(Fault::Place::start, input);
  const bool inside = begin(slot, faults);
  changed_.notify_all();
  if (on_started) on_started(slot);
  if (!inside) return;
  complete(slot);
  if (faults.start_throws_completed) throw Fault(Fault::Place::start, input);
}

/// The slot runs. True if its run is to be completed at once.
bool FakeBackend::begin(core::SlotId slot, const Faults& faults) {
  const std::lock_guard lock(mutex_);
  Slot& its = slots_[slot];
  expect(!its.running, "start of a slot that runs");
  expect(its.record != nullptr, "start of a slot that is not bound");
  its.cancelled = false;
  if (!its.output) its.output = std::make_shared<int>(0);
  starts_.push_back(slot);
  const bool inside = inside_start_ || faults.inside_start;
  const bool is_kept = faults.is_kept && (stuck_ || (!inside && !threads_.empty()));
  if (is_kept)
    kept_.push_back(slot);
  else if (!inside && !threads_.empty())
    to_complete_.push_back({.slot = slot});
  its.running = true;  // last: where there was no memory for the above, it has not started
  return inside && !is_kept;
}

void FakeBackend::collect(core::SlotId slot, core::Record& record) {
  if (on_collect) on_collect(slot);
  if (ours(record).faults.collect_throws) throw Fault(Fault::Place::collect, ours(record).input);
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

bool FakeBackend::is_bound(core::SlotId slot) const {
  const std::lock_guard lock(mutex_);
  return slots_.at(slot).record != nullptr;
}

void FakeBackend::cancel(core::SlotId slot) noexcept {
  if (on_cancel) on_cancel(slot);
  {
    const std::lock_guard lock(mutex_);
    Slot& its = slots_[slot];
    if (!its.running || !its.record->faults.obeys_cancel) return;
    its.cancelled = true;
    if (std::erase(kept_, slot) == 0) return;
  }
  complete(slot);
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
  const bool again_here = finish(slot, run, error);
  if (again_here) sink_->completed(slot, run, error);
  sink_->completed(slot, run, std::move(error));
}

/// The slot runs no longer; says what has run, and how it ended unless the test has said. True if the caller is to
/// complete it twice, because there is no thread that could.
bool FakeBackend::finish(core::SlotId slot, RequestId& run, std::exception_ptr& error) {
  const std::lock_guard lock(mutex_);
  Slot& its = slots_[slot];
  run = its.run;
  expect(its.running, "the test completes a slot that doesn't run");
  its.running = false;
  const FakeRecord& record = *its.record;
  *its.output = record.input + 1;
  const Faults& faults = record.faults;
  if (!error) error = how_it_ends(record, its.cancelled);
  if (!faults.twice || threads_.empty()) return faults.twice;
  // An error of its own: ThreadSanitizer doesn't see how the standard library counts the references to one that is
  // shared by threads.
  to_complete_.push_back({.slot = slot, .again = run, .error = error ? how_it_ends(record, its.cancelled) : error});
  changed_.notify_one();
  return false;
}

void FakeBackend::complete_inside_start() {
  inside_start_ = true;
}

void FakeBackend::complete_on_threads(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

void FakeBackend::serve() {
  for (;;) {
    Due due{};
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !to_complete_.empty() || (!kept_.empty() && !stuck_); });
      if (!to_complete_.empty()) {
        due = std::move(to_complete_.back());
        to_complete_.pop_back();
      } else if (!kept_.empty()) {
        due.slot = kept_.front();
        kept_.pop_front();
      } else {
        return;
      }
    }
    if (due.again)
      sink_->completed(due.slot, *due.again, std::move(due.error));
    else
      complete(due.slot);
  }
}

void FakeBackend::get_stuck() {
  const std::lock_guard lock(mutex_);
  stuck_ = true;
}

void FakeBackend::let_go() {
  std::deque<core::SlotId> kept;
  {
    const std::lock_guard lock(mutex_);
    stuck_ = false;
    kept.swap(kept_);
  }
  for (const core::SlotId slot : kept) complete(slot);
}

void FakeBackend::reserve_starts(std::size_t count) {
  const std::lock_guard lock(mutex_);
  starts_.reserve(count);
  to_complete_.reserve(slots_.size());
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
