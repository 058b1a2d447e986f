#include "openvino/random_session.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <stop_token>
#include <thread>

#include "support/device.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

namespace inferqueue::testing {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t the_last = 16;
constexpr std::size_t most_kept = 64;

struct CallbackFailed : std::runtime_error {
  CallbackFailed() : std::runtime_error("the callback failed as it was told") {}
};

/// Lets inferences that stand go on, every two milliseconds, until it is destroyed.
class Releaser {
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_{[this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const Standstill standstill;
      std::unique_lock lock(mutex_);
      stopped_.wait_for(lock, stop, 2ms, [] { return false; });
    }
  }};
};

}  // namespace

/// Begins at once, is resumed by the queue, and is gone when it has ended.
struct RandomSession::Detached {
  struct promise_type {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

RandomSession::RandomSession(const ov::CompiledModel& compiled, std::uint64_t seed, End its_end, std::size_t most)
    : seed_(seed), end_(its_end), of_submitters_(most), entries_(most + the_last) {
  Random random(seed);
  submitters_ = 1 + random.below(3);
  options_.jobs = 1 + random.below(4);
  options_.callback_threads = random.below(3);
  options_.backpressure = random.one_in(2) ? Backpressure::block : any_policy(random);
  options_.max_pending = random.one_in(2) ? 16 : 256;
  if (random.one_in(2)) options_.submit_ahead = 1 + random.below(8);
  options_.in_order = random.one_in(3);
  owner_ = std::make_unique<AsyncInferQueue>(compiled, options_);
  queue_ = owner_.get();
  queue_->set_callback([this](Request& request, int index) { on_value(request, static_cast<std::size_t>(index)); });
  queue_->set_error_callback([this](Request& request, const std::exception_ptr& error) { on_error(request, error); });
}

std::string RandomSession::describe() const {
  return "ending " + std::to_string(static_cast<int>(end_)) + ", " + std::to_string(options_.jobs) + " jobs, " +
         std::to_string(options_.callback_threads) + " callback threads, policy " +
         std::to_string(static_cast<int>(options_.backpressure)) + ", max_pending " +
         std::to_string(options_.max_pending) + (options_.in_order ? ", in order, " : ", ") +
         std::to_string(submitters_) + " submitters";
}

void RandomSession::require(bool condition, const char* otherwise, std::size_t index) {
  if (condition) return;
  const std::lock_guard lock(complaints_mutex_);
  if (complaints_.size() < 10) complaints_.push_back(std::string(otherwise) + ": request " + std::to_string(index));
}

SessionCounts RandomSession::run() {
  {
    const Releaser releaser;
    std::barrier begin(static_cast<std::ptrdiff_t>(submitters_));
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < submitters_; ++i)
      threads.emplace_back([this, i, &begin] {
        begin.arrive_and_wait();
        submit_all(i, submitters_);
      });
    threads.clear();
    if (end_ != End::given_up) end();
  }
  if (end_ == End::given_up) end();
  owner_.reset();
  require(eventually([] { return abandoned_requests_held() == 0; }), "something is still held");
  for (const auto& [request, index] : kept_) check_kept(request, index);
  kept_.clear();
  return count();
}

// ---- submitting -----------------------------------------------------------------------------------------------------

void RandomSession::submit_all(std::size_t submitter, std::size_t submitters) {
  std::deque<Awaited> awaited;
  RequestId latest = 0;
  for (std::size_t index = submitter; index < of_submitters_; index += submitters) {
    const Errand errand(seed_, index);
    if (const auto id = attempt(index, errand, awaited)) latest = *id;
    if (errand.cancels_back != 0) queue_->cancel(latest - std::min<RequestId>(latest, errand.cancels_back - 1));
    if (errand.waits) take({.timeout = index % 2 == 0 ? 1ms : 1h});
    while (awaited.size() > 8) {
      settle(std::move(awaited.front()));
      awaited.pop_front();
    }
  }
  for (Awaited& each : awaited) settle(std::move(each));
}

std::optional<RequestId> RandomSession::attempt(std::size_t index, const Errand& errand, std::deque<Awaited>& awaited) {
  try {
    const auto id = make(index, errand, awaited);
    if (id) entries_[index].accepted = true;
    return id;
  } catch (...) {
    require(is_refusal(std::current_exception(), index), "refused for an unknown reason", index);
    return std::nullopt;
  }
}

/// Nothing for a coroutine, which isn't told its id.
std::optional<RequestId> RandomSession::make(std::size_t index, const Errand& errand, std::deque<Awaited>& awaited) {
  const auto user_data = static_cast<int>(index);
  switch (errand.way) {
    case Errand::Way::callback:
      return queue_->start_async(errand.input(index), user_data, errand.options);
    case Errand::Way::future: {
      RequestFuture future = queue_->submit(errand.input(index), user_data, errand.options);
      const RequestId id = future.id;
      awaited.push_back({.index = index, .future = std::move(future)});
      return id;
    }
    case Errand::Way::lease: {
      Lease lease = queue_->lease(errand.options.wait);
      errand.input(index).copy_to(lease.input());
      return lease.start_async(user_data);
    }
    case Errand::Way::coroutine:
      await(index, errand);
      return std::nullopt;
  }
  return std::nullopt;
}

RandomSession::Detached RandomSession::await(std::size_t index, Errand errand) {
  entries_[index].accepted = true;  // unless it is told otherwise
  try {
    const Request request = co_await queue_->infer(errand.input(index), static_cast<int>(index), errand.options);
    has_value(request, index);
    has_outcome(Outcome::value, index);
  } catch (...) {
    if (is_refusal(std::current_exception(), index))
      entries_[index].accepted = false;
    else
      has_error(std::current_exception(), index);
  }
}

void RandomSession::settle(Awaited awaited) {
  try {
    const Request request = awaited.future.get();
    has_value(request, awaited.index);
    has_outcome(Outcome::value, awaited.index);
  } catch (...) {
    has_error(std::current_exception(), awaited.index);
  }
}

bool RandomSession::is_refusal(const std::exception_ptr& error, std::size_t index) {
  const auto code = code_of(error);
  if (code == Errc::invalid_input)
    require(!Errand(seed_, index).fits, "an input that fits was refused", index);
  else if (code != Errc::pending_full && code != Errc::timed_out && code != Errc::closed)
    return false;
  ++refused_;
  return true;
}

void RandomSession::take(const WaitOptions& options) {
  try {
    const std::size_t taken = queue_->wait_all_errors(options).size();
    if (taken == 256) some_are_dropped_ = true;
    taken_ += taken;
  } catch (const TimeoutError&) {
    require(options.timeout == 1ms, "it took an hour");
  }
}

// ---- outcomes -------------------------------------------------------------------------------------------------------

void RandomSession::on_value(Request& request, std::size_t index) {
  require(++entries_[index].values == 1, "a second value", index);
  has_value(request, index);
  if (Errand(seed_, index).throws) throw CallbackFailed();
  has_outcome(Outcome::value, index);
}

void RandomSession::on_error(Request& request, const std::exception_ptr& error) {
  const auto index = static_cast<std::size_t>(request.userdata<int>());
  const Errand errand(seed_, index);
  require(request.error() == error, "another error than its own", index);
  if (errand.error_callback_throws) ++unheard_;
  has_error(error, index);
  require(entries_[index].outcome == request.outcome(), "another outcome than its error's", index);
  if (errand.error_callback_throws) throw CallbackFailed();
}

void RandomSession::has_value(const Request& request, std::size_t index) {
  const Errand errand(seed_, index);
  require(errand.command != command::fail && errand.fits, "a value in spite of a fault", index);
  require(request.outcome() == Outcome::value && request.error() == nullptr, "a value with an error", index);
  check_kept(request, index);
  if (errand.is_kept) keep(request, index);
}

void RandomSession::check_kept(const Request& request, std::size_t index) {
  const ov::Tensor result = request.result();
  const auto* const values = result.data<const float>();
  require(values[0] == Errand(seed_, index).command && values[2] == static_cast<float>(index),
          "another request's value", index);
}

void RandomSession::keep(const Request& request, std::size_t index) {
  std::optional<std::pair<Request, std::size_t>> oldest;
  {
    const std::lock_guard lock(kept_mutex_);
    kept_.emplace_back(request, index);
    if (kept_.size() <= most_kept) return;
    oldest = std::move(kept_.front());
    kept_.pop_front();
  }
  check_kept(oldest->first, oldest->second);
}

void RandomSession::has_error(const std::exception_ptr& error, std::size_t index) {
  const Errand errand(seed_, index);
  const auto code = code_of(error);
  if (code == Errc::cancelled) return has_outcome(Outcome::cancelled, index);
  if (code == Errc::dropped) return has_outcome(Outcome::dropped, index);
  if (code == Errc::expired) {
    require(errand.options.expires_after.has_value(), "expired without a reason", index);
    return has_outcome(Outcome::expired, index);
  }
  if (code == Errc::abandoned) {
    require(end_ == End::given_up, "abandoned without a reason", index);
    ++abandoned_;
    return has_outcome(Outcome::error, index);
  }
  try {
    std::rethrow_exception(error);
  } catch (const CallbackFailed&) {
    require(errand.throws && entries_[index].values == 1, "another's callback failed", index);
  } catch (const std::exception& other) {
    const bool is_device = std::string(other.what()).find("the device failed as it was told") != std::string::npos;
    require(is_device && errand.command == command::fail, other.what(), index);
  }
  has_outcome(Outcome::error, index);
}

void RandomSession::has_outcome(Outcome outcome, std::size_t index) {
  Entry& entry = entries_[index];
  require(entry.outcomes == 0, "a second outcome", index);
  entry.outcome = outcome;
  ++entry.outcomes;
}

// ---- the end --------------------------------------------------------------------------------------------------------

void RandomSession::end() {
  if (end_ == End::given_up) return give_up();
  std::deque<Awaited> awaited;
  for (std::size_t index = of_submitters_; index < entries_.size(); ++index) {
    Errand errand(seed_, index);
    errand.options.backpressure = Backpressure::reject;  // there may be no slot, and nobody is to wait for one
    errand.options.expires_after = {};
    if (errand.way == Errand::Way::lease) errand.way = Errand::Way::callback;
    attempt(index, errand, awaited);
  }
  if (end_ == End::destroyed)
    owner_.reset();
  else
    queue_->close(end_ == End::cancelled ? CloseMode::cancel : CloseMode::drain);
  for (Awaited& each : awaited) settle(std::move(each));
  if (end_ != End::destroyed) check_closed();
}

/// Closes while the device stands still.
void RandomSession::give_up() {
  take({});
  Standstill standstill;
  std::deque<Awaited> awaited;
  for (std::size_t index = of_submitters_; index < entries_.size(); ++index) {
    const auto stands = told(command::stand);
    try {
      queue_->start_async(stands, static_cast<int>(index), {.backpressure = Backpressure::reject});
      entries_[index].accepted = true;
    } catch (const Error& error) {
      require(error.code() == Errc::pending_full, error.what(), index);
      ++refused_;
    }
  }
  standstill.wait_until_standing();
  const CloseResult result = queue_->close(CloseMode::drain, 1ms);
  require(result.abandoned > 0 && result.abandoned == abandoned_, "close() counts the abandoned otherwise");
  standstill.go_on();
  require(eventually([] { return abandoned_requests_held() == 0; }), "something is still held");
  check_closed();
}

void RandomSession::check_closed() {
  take({});
  require(some_are_dropped_ || taken_ == unheard_, "an error was lost, or has two receivers");
  std::size_t idle = 0;
  for (const SlotReport& slot : queue_->report().slots) idle += slot.state == SlotState::idle ? 1 : 0;
  require(idle + abandoned_ == options_.jobs, "a slot is lost");
  const Statistics its = queue_->statistics();
  const SessionCounts ours = count();
  require(its.accepted == ours.accepted && its.unfinished == 0, "accepted");
  require(its.values == ours.values, "values");
  require(its.errors == ours.errors && its.abandoned == ours.abandoned, "errors");
  require(its.cancelled == ours.cancelled, "cancelled");
  require(its.expired == ours.expired, "expired");
  require(its.dropped == ours.dropped, "dropped");
}

SessionCounts RandomSession::count() {
  SessionCounts counts;
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
  counts.refused = refused_;
  counts.unheard = taken_;
  return counts;
}

SessionCounts& SessionCounts::operator+=(const SessionCounts& other) {
  for (const auto member : {&SessionCounts::accepted, &SessionCounts::values, &SessionCounts::errors,
                            &SessionCounts::cancelled, &SessionCounts::expired, &SessionCounts::dropped,
                            &SessionCounts::abandoned, &SessionCounts::refused, &SessionCounts::unheard})
    this->*member += other.*member;
  return *this;
}

}  // namespace inferqueue::testing
