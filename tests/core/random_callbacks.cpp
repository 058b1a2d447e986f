// What callbacks check and do, on whatever thread they run.
#include "core/random_queue.hpp"
#include "support/errors.hpp"

namespace inferqueue::testing {

/// In order, the outcomes of one source come one after another, each with its one or two calls.
class RandomQueue::Turn {
 public:
  Turn(RandomQueue& queue, const FakeRecord& record, bool is_second_call)
      : source_(queue.shape_.options.in_order ? &queue.sources_[record.source] : nullptr) {
    if (source_ == nullptr) return;
    const auto index = static_cast<std::size_t>(record.input);
    queue.require(!source_->inside.exchange(true), "two deliveries of one source at a time", index);
    queue.require(is_second_call ? record.id == source_->last : record.id > source_->last, "out of order", index);
    source_->last = record.id;
  }
  ~Turn() {
    if (source_ != nullptr) source_->inside = false;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Turn(Turn&&) = delete;
  Turn& operator=(Turn&&) = delete;

 private:
  Source* source_;
};

void RandomQueue::on_value(FakeRecord& record) {
  const auto index = static_cast<std::size_t>(record.input);
  const Plan plan(shape_, index);
  Entry& entry = entries_[index];
  const Turn turn(*this, record, false);
  require(entry.values.fetch_add(1) == 0, "a second value", index);
  require(entry.outcomes == 0, "a value after its outcome", index);
  check_value(record, plan);
  act(record, plan);
  if (plan.throws) throw Fault(Fault::Place::callback, record.input);
  entry.outcome = Outcome::value;
  ++entry.outcomes;
}

bool RandomQueue::on_error(FakeRecord& record) {
  const auto index = static_cast<std::size_t>(record.input);
  const Plan plan(shape_, index);
  Entry& entry = entries_[index];
  const bool is_second_call = entry.values != 0;
  const Turn turn(*this, record, is_second_call);
  require(entry.outcomes == 0, "a second outcome", index);
  require(!is_second_call || (plan.throws && record.outcome == Outcome::error), "an error after a value", index);
  check_error(record, plan);
  if (!is_second_call) act(record, plan);
  std::exception_ptr thrown;
  if (plan.error_callback_throws) thrown = std::make_exception_ptr(Fault(Fault::Place::error_callback, record.input));
  if (thrown || (!plan.listens && record.outcome == Outcome::error)) {
    const std::lock_guard lock(unheard_mutex_);
    unheard_.push_back(thrown ? thrown : record.error);
  }
  entry.outcome = record.outcome;
  ++entry.outcomes;
  if (thrown) std::rethrow_exception(thrown);
  return plan.listens;
}

void RandomQueue::check_value(const FakeRecord& record, const Plan& plan) {
  const auto index = static_cast<std::size_t>(record.input);
  const auto place = plan.fails_at();
  require(!place || *place == Fault::Place::callback, "a value in spite of a fault", index);
  require(record.outcome == Outcome::value && !record.error, "a value with an error", index);
  require(record.output && *record.output == record.input + 1, "another request's value", index);
}

void RandomQueue::check_error(const FakeRecord& record, const Plan& plan) {
  const auto index = static_cast<std::size_t>(record.input);
  const auto is = [&](Errc code) { return code_of(record.error) == code; };
  switch (record.outcome) {
    case Outcome::value:
      return require(false, "an error that is a value", index);
    case Outcome::expired:
      return require(is(Errc::expired) && plan.options.expires_after && record.slot == core::Record::no_slot,
                     "expired without a reason", index);
    case Outcome::dropped:
      return require(is(Errc::dropped) && record.slot == core::Record::no_slot, "dropped without a reason", index);
    case Outcome::cancelled:
      return require(is(Errc::cancelled) && shape_.may_cancel() &&
                         (record.slot == core::Record::no_slot || plan.faults.obeys_cancel ||
                          plan.faults.ends == Faults::Ends::as_cancelled),
                     "cancelled without a reason", index);
    case Outcome::error:
      if (!record.abandoned) return check_fault(record.error, plan, index);
      ++abandoned_;
      return require(is(Errc::abandoned) && shape_.is_stuck_at_the_end(), "abandoned without a reason", index);
  }
}

void RandomQueue::check_fault(const std::exception_ptr& error, const Plan& plan, std::size_t index) {
  const auto place = plan.fails_at();
  try {
    std::rethrow_exception(error);
  } catch (const Fault& fault) {
    require(fault.input == static_cast<int>(index) && place == fault.place, "another fault than its own", index);
  } catch (const Cancelled&) {
    require(place == Fault::Place::device && plan.faults.ends == Faults::Ends::as_cancelled, "given up unasked", index);
  } catch (...) {
    require(false, "an error of another type", index);
  }
}

void RandomQueue::act(const FakeRecord& record, const Plan& plan) {
  const auto index = static_cast<std::size_t>(record.input);
  if (plan.submits && index < shape_.of_submitters()) {
    const std::size_t its = shape_.of_submitters() + index;
    attempt(its, Plan(shape_, its));
  }
  if (plan.cancels) engine_->cancel(record.id + index % 8);
  if (plan.waits) try_to_wait();
  if (plan.stops) stop(index % shape_.submitters);
  if (callback_closes_ && callback_closes_.exchange(false)) engine_->close(shape_.mode, {});
}

void RandomQueue::try_to_wait() {
  require(code_thrown_by([&] {
            engine_->wait_all();
            return 0;
          }) == Errc::would_deadlock,
          "a callback could wait");
  try {
    engine_->release(engine_->acquire());
  } catch (const Error& error) {
    if (error.code() != Errc::would_deadlock) refused(error);
  }
}

}  // namespace inferqueue::testing
