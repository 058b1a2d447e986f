// How a queue ends, and what must hold then.
#include <algorithm>
#include <future>
#include <memory>

#include "core/random_queue.hpp"

namespace inferqueue::testing {

void RandomQueue::end() {
  switch (shape_.ending) {
    case Ending::quiet:
      end_quietly();
      break;
    case Ending::drained:
    case Ending::cancelled:
      engine_->close(shape_.mode, {});
      break;
    case Ending::in_a_callback:
      callback_closes_ = true;
      join_submitters();
      engine_->close(shape_.mode, {});
      break;
    case Ending::given_up:
      give_up();
      break;
    case Ending::destroyed:
    case Ending::destroyed_given_up:
      return destroy();
  }
  join_submitters();
  join_waiter();
  check_closed();
}

void RandomQueue::end_quietly() {
  join_submitters();
  join_waiter();
  take(engine_->wait_all());
  // What the last callbacks have submitted was accepted before their requests were settled.
  take(engine_->wait_all());
  std::vector<core::SlotId> slots;
  while (const auto slot = engine_->try_acquire()) slots.push_back(*slot);
  require(slots.size() == shape_.options.jobs, "a slot is lost");
  for (const core::SlotId slot : slots) engine_->release(slot);
  const CloseResult result = engine_->close(shape_.mode, {});
  require(result.cancelled == 0 && result.abandoned == 0, "something was left over");
}

void RandomQueue::give_up() {
  backend_->get_stuck();
  submit_the_last();
  const CloseResult result = engine_->close(shape_.mode, {.timeout = shape_.close_timeout});
  join_submitters();
  require(result.abandoned == engine_->statistics().abandoned, "close() counts the abandoned otherwise");
  const auto gone = std::make_shared<std::promise<void>>();
  const bool something_is_held = engine_->when_let_go([gone] { gone->set_value(); });
  backend_->let_go();
  if (something_is_held) gone->get_future().wait();
}

/// Those who use it are gone before; what they have submitted isn't.
void RandomQueue::destroy() {
  join_waiter();
  join_submitters();
  if (shape_.is_stuck_at_the_end()) backend_->get_stuck();
  submit_the_last();
  owner_.reset();
}

void RandomQueue::join_submitters() {
  for (Submitter& each : submitters_)
    if (each.thread.joinable()) each.thread.join();
}

void RandomQueue::join_waiter() {
  if (!waiter_.joinable()) return;
  waiter_stops_ = true;
  ++pulse_;
  pulse_.notify_one();
  waiter_.join();
}

/// Of a queue that is closed and still there.
void RandomQueue::check_closed() {
  require(attempt(0, Plan(shape_, 0)) == Done::is_closed, "a closed queue accepts something");
  take(engine_->wait_all());
  std::size_t idle = 0;
  std::size_t abandoned = 0;
  for (const SlotReport& slot : engine_->report().slots) {
    idle += slot.state == SlotState::idle ? 1 : 0;
    abandoned += slot.state == SlotState::abandoned ? 1 : 0;
  }
  require(abandoned == abandoned_ && idle + abandoned == shape_.options.jobs, "a slot is lost");
  check_statistics(count());
}

void RandomQueue::check_statistics(const Counts& counts) {
  const Statistics its = engine_->statistics();
  require(its.accepted == counts.accepted && its.unfinished == 0 && its.pending == 0, "accepted");
  require(its.values == counts.values, "values");
  require(its.errors == counts.errors, "errors");
  require(its.cancelled == counts.cancelled, "cancelled");
  require(its.expired == counts.expired, "expired");
  require(its.dropped == counts.dropped, "dropped");
  require(its.abandoned == counts.abandoned && its.held == 0, "abandoned");
  require(its.refused_full == counts.full, "refused: full");
  require(its.refused_timed_out == counts.timed_out + counts.stopped, "refused: timed out or stopped");
  require(its.refused_closed == counts.closed, "refused: closed");
}

/// Each error that nobody else has heard has reached wait_all(), once, and no other one has.
void RandomQueue::check_unheard(Counts& counts) {
  counts.unheard = taken_.size();
  // Beyond 256 they are dropped; those of a queue that was destroyed too.
  const bool all_are_there =
      !some_are_dropped_ && shape_.ending != Ending::destroyed && shape_.ending != Ending::destroyed_given_up;
  if (all_are_there) require(unheard_.size() == taken_.size(), "an error was lost, or has two receivers");
  for (const std::exception_ptr& error : taken_) {
    const auto found = std::ranges::find(unheard_, error);
    if (found == unheard_.end()) return require(false, "an error has two receivers");
    unheard_.erase(found);
  }
}

Counts RandomQueue::count() {
  Counts counts;
  for (std::size_t index = 0; index < entries_.size(); ++index) {
    const Entry& entry = entries_[index];
    require(entry.outcomes == (entry.accepted ? 1 : 0), entry.accepted ? "not one outcome" : "refused, and an outcome",
            index);
    if (!entry.accepted) continue;
    ++counts.accepted;
    counts.values += entry.outcome == Outcome::value ? 1 : 0;
    counts.errors += entry.outcome == Outcome::error ? 1 : 0;
    counts.cancelled += entry.outcome == Outcome::cancelled ? 1 : 0;
    counts.expired += entry.outcome == Outcome::expired ? 1 : 0;
    counts.dropped += entry.outcome == Outcome::dropped ? 1 : 0;
  }
  counts.abandoned = abandoned_;
  counts.full = refused_.full;
  counts.timed_out = refused_.timed_out;
  counts.stopped = refused_.stopped;
  counts.closed = refused_.closed;
  counts.faults = refused_.faults;
  return counts;
}

Counts& Counts::operator+=(const Counts& other) {
  for (const auto member : {&Counts::accepted, &Counts::values, &Counts::errors, &Counts::cancelled, &Counts::expired,
                            &Counts::dropped, &Counts::abandoned, &Counts::unheard, &Counts::full, &Counts::timed_out,
                            &Counts::stopped, &Counts::closed, &Counts::faults})
    this->*member += other.*member;
  return *this;
}

}  // namespace inferqueue::testing
