#include "core/random_queue.hpp"

#include <algorithm>
#include <barrier>
#include <future>
#include <utility>

namespace inferqueue::testing {
namespace {

/// User data that is counted.
class Alive {
 public:
  explicit Alive(std::atomic<int>& count) : count_(&count) { ++count; }
  Alive(Alive&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  Alive& operator=(Alive&&) = delete;
  Alive(const Alive&) = delete;
  Alive& operator=(const Alive&) = delete;
  ~Alive() {
    if (count_ != nullptr) --*count_;
  }

 private:
  std::atomic<int>* count_;
};

}  // namespace

class RandomQueue::Handler final : public core::Handler {
 public:
  Handler(RandomQueue& queue, bool own_thread) : queue_(&queue), own_thread_(own_thread) {}
  void on_value(core::Record& record) const override { queue_->on_value(static_cast<FakeRecord&>(record)); }
  bool on_error(core::Record& record) const override { return queue_->on_error(static_cast<FakeRecord&>(record)); }
  bool wants_own_thread() const noexcept override { return own_thread_; }

 private:
  RandomQueue* queue_;
  bool own_thread_;
};

RandomQueue::RandomQueue(const Shape& shape)
    : shape_(shape),
      entries_(shape.in_all()),
      submitters_(shape.submitters),
      sources_(shape.sources),
      some_way_(1),
      handler_(std::make_shared<Handler>(*this, shape.own_thread)) {
  auto backend = std::make_unique<FakeBackend>(shape.options.jobs);
  backend_ = backend.get();
  backend->at_end = [this](const std::vector<std::string>& violations) {
    for (const std::string& each : violations) require(false, each.c_str());
  };
  if (shape.device_threads == 0) backend->complete_inside_start();
  backend->complete_on_threads(shape.device_threads);
  owner_ = std::make_unique<core::Engine>(std::move(backend), shape.options);
  engine_ = owner_.get();
}

RandomQueue::~RandomQueue() = default;

void RandomQueue::require(bool condition, const char* otherwise, std::size_t index) {
  if (condition) return;
  const std::lock_guard lock(complaints_mutex_);
  if (complaints_.size() < 10) complaints_.push_back(std::string(otherwise) + ": request " + std::to_string(index));
}

Counts RandomQueue::run() {
  std::barrier begin(static_cast<std::ptrdiff_t>(shape_.submitters) + 1);
  for (std::size_t i = 0; i < shape_.submitters; ++i)
    submitters_[i].thread = std::thread([this, i, &begin] {
      begin.arrive_and_wait();
      submit_all(i);
    });
  waiter_ = std::thread([this] { wait_often(); });
  begin.arrive_and_wait();
  some_way_.wait();
  end();
  owner_.reset();
  seen_.clear();
  require(alive_ == 0, "user data has outlived the queue");
  require(abandoned_requests_held() == 0, "something is still held");
  Counts counts = count();
  check_unheard(counts);
  return counts;
}

// ---- submitting -----------------------------------------------------------------------------------------------------

void RandomQueue::submit_all(std::size_t submitter) {
  Submitter& own = submitters_[submitter];
  for (std::size_t i = 0; i < shape_.of_each_submitter(); ++i) {
    if (submitter == 0 && i == shape_.of_each_submitter() / 2) some_way_.count_down();
    const std::size_t index = index_of(submitter, i);
    Plan plan(shape_, index);
    if (plan.stoppable) plan.options.wait.stop = token_of(own);
    RequestId id = 0;
    const Done done = attempt(index, plan, &id);
    if (done == Done::yes) {
      require(id > own.latest, "an id that isn't larger than the one before", index);
      own.latest = id;
    }
    if (plan.cancels_back != 0) engine_->cancel(own.latest - std::min<RequestId>(own.latest, plan.cancels_back - 1));
    if (plan.stops_another) stop(index % shape_.submitters);
    own.done.store(i + 1, std::memory_order_release);
    if (i % 64 == 0) {
      ++pulse_;
      pulse_.notify_one();
    }
    if (done == Done::is_closed) return;
  }
}

RandomQueue::Done RandomQueue::attempt(std::size_t index, const Plan& plan, RequestId* id) {
  try {
    const RequestId made = make(index, plan);
    if (made == 0) return Done::no;
    if (id != nullptr) *id = made;
    entries_[index].accepted = true;
    return Done::yes;
  } catch (const Fault& fault) {
    ++refused_.faults;
    using Place = Fault::Place;
    require(fault.input == static_cast<int>(index) && plan.fails_at() == fault.place &&
                (fault.place == Place::bind || fault.place == Place::start),
            "refused for another fault than its own", index);
    return Done::no;
  } catch (const Error& error) {
    return refused(error);
  }
}

/// Returns 0 where it makes none of it.
RequestId RandomQueue::make(std::size_t index, const Plan& plan) {
  auto record = base::make_ref<FakeRecord>();
  record->input = static_cast<int>(index);
  record->faults = plan.faults;
  record->handler = handler_;
  record->user_data = Alive(alive_);
  using MayWait = core::Engine::MayWait;
  switch (plan.way) {
    case Plan::Way::submit:
      return engine_->submit(std::move(record), plan.options, plan.may_wait ? MayWait::yes : MayWait::no);
    case Plan::Way::try_start:
      if (const auto slot = engine_->try_acquire()) return engine_->start(*slot, std::move(record), plan.options);
      return 0;
    case Plan::Way::lease_and_start:
      return engine_->start(engine_->acquire(plan.options.wait), std::move(record), plan.options);
    case Plan::Way::lease_and_drop:
      engine_->release(engine_->acquire(plan.options.wait));
      return 0;
  }
  return 0;
}

RandomQueue::Done RandomQueue::refused(const Error& error) {
  switch (error.code()) {
    case Errc::pending_full:
      ++refused_.full;
      return Done::no;
    case Errc::timed_out:
      ++refused_.timed_out;
      return Done::no;
    case Errc::stopped:
      ++refused_.stopped;
      return Done::no;
    case Errc::closed:
      ++refused_.closed;
      return Done::is_closed;
    default:
      require(false, error.what());
      return Done::no;
  }
}

void RandomQueue::submit_the_last() {
  for (std::size_t index = shape_.before_the_end(); index < shape_.in_all(); ++index)
    attempt(index, Plan(shape_, index));
}

std::stop_token RandomQueue::token_of(Submitter& submitter) {
  const std::lock_guard lock(submitter.mutex);
  if (submitter.stop.stop_requested()) submitter.stop = std::stop_source();
  return submitter.stop.get_token();
}

void RandomQueue::stop(std::size_t submitter) {
  std::stop_source its;
  {
    const std::lock_guard lock(submitters_[submitter].mutex);
    its = submitters_[submitter].stop;
  }
  its.request_stop();
}

// ---- waiting and looking --------------------------------------------------------------------------------------------

void RandomQueue::wait_often() {
  Random random(shape_.seed, entries_.size());
  unsigned seen = 0;
  while (!waiter_stops_) {
    wait_once(random);
    look(random);
    pulse_.wait(seen);
    seen = pulse_;
  }
}

void RandomQueue::wait_once(Random& random) {
  std::vector<std::size_t> done;
  for (const Submitter& each : submitters_) done.push_back(each.done.load(std::memory_order_acquire));
  WaitOptions options;
  if (random.one_in(2)) options.timeout = std::chrono::microseconds(random.below(100));
  try {
    take(engine_->wait_all(options));
  } catch (const TimeoutError&) {
    return;
  }
  for (std::size_t s = 0; s < submitters_.size(); ++s)
    for (; submitters_[s].checked < done[s]; ++submitters_[s].checked) {
      const std::size_t index = index_of(s, submitters_[s].checked);
      require(!entries_[index].accepted || entries_[index].outcomes == 1, "wait_all() has not waited for it", index);
    }
}

/// At slots and numbers, from outside; what is kept stays as it is.
void RandomQueue::look(Random& random) {
  if (seen_.size() == 4) {
    for (const Seen& each : seen_) {
      const auto& record = static_cast<const FakeRecord&>(*each.record);
      require(record.output.get() == each.output && (each.output == nullptr || *each.output == record.input + 1),
              "a kept output has changed", static_cast<std::size_t>(record.input));
    }
    seen_.clear();
  }
  if (auto latest = engine_->snapshot(random.below(shape_.options.jobs)).latest) {
    const int* const output = static_cast<const FakeRecord&>(*latest).output.get();
    seen_.push_back({.record = std::move(latest), .output = output});
  }
  if (!random.one_in(8)) return;
  const Statistics now = engine_->statistics();
  require(now.accepted == now.values + now.errors + now.cancelled + now.expired + now.dropped + now.unfinished,
          "the statistics don't add up");
}

void RandomQueue::take(std::vector<std::exception_ptr> errors) {
  if (errors.size() == core::Ledger::max_errors) some_are_dropped_ = true;
  taken_.insert(taken_.end(), errors.begin(), errors.end());
}

}  // namespace inferqueue::testing
