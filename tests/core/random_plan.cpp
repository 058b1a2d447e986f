#include "core/random_plan.hpp"

#include <array>

namespace inferqueue::testing {
namespace {

using namespace std::chrono_literals;

const char* name_of(Ending ending) {
  constexpr std::array<const char*, endings> names{
      "quiet", "drained", "cancelled", "closed in a callback", "given up", "destroyed", "destroyed, given up"};
  return names[static_cast<std::size_t>(ending)];
}

Faults any_faults(Random& random) {
  Faults faults;
  faults.bind_throws = random.one_in(64);
  faults.start_throws = random.one_in(64);
  faults.collect_throws = random.one_in(64);
  if (random.one_in(32)) faults.ends = Faults::Ends::with_error;
  if (random.one_in(128)) faults.ends = Faults::Ends::as_cancelled;
  faults.inside_start = random.one_in(16);
  faults.start_throws_completed = faults.inside_start && random.one_in(8);
  faults.twice = random.one_in(16);
  faults.completes_earlier_again = random.one_in(16);
  faults.is_kept = random.one_in(16);
  faults.obeys_cancel = random.one_in(2);
  return faults;
}

}  // namespace

Shape::Shape(std::uint64_t its_seed, Ending its_ending, std::size_t most_requests)
    : seed(its_seed), ending(its_ending) {
  Random random(seed);
  options.jobs = 1 + random.below(8);
  options.callback_threads = random.below(4);
  if (random.one_in(2)) options.callback_backlog = random.below(5);
  options.backpressure = any_policy(random);
  constexpr std::array<std::size_t, 4> pending{0, 1, 8, 1024};
  options.max_pending = pending[random.below(pending.size())];
  if (random.one_in(2)) options.submit_ahead = 1 + random.below(8);
  options.in_order = random.one_in(2);
  if (ending == Ending::destroyed_given_up) options.abandon_after = random.one_in(2) ? 0ns : 1ms;
  device_threads = random.below(4);
  submitters = 1 + random.below(4);
  sources = 1 + random.below(4);
  // As many small queues as large ones.
  requests = (most_requests >> random.below(8)) + random.below(100);
  own_thread = random.one_in(4);
  cancels = random.one_in(2);
  mode = random.one_in(2) ? CloseMode::drain : CloseMode::cancel;
  if (ending == Ending::drained) mode = CloseMode::drain;
  if (ending == Ending::cancelled) mode = CloseMode::cancel;
  close_timeout = random.one_in(2) ? 0ns : 1ms;
}

std::string Shape::describe() const {
  const auto with = [](std::size_t count, const char* what) { return ", " + std::to_string(count) + ' ' + what; };
  return std::string(name_of(ending)) + with(options.jobs, "slots") + with(device_threads, "device threads") +
         with(options.callback_threads, "callback threads") +
         (options.callback_backlog ? with(*options.callback_backlog, "backlog") : "") +
         with(options.max_pending, "max_pending") + with(options.submit_ahead, "submitted ahead") +
         with(static_cast<std::size_t>(options.backpressure), "policy") + with(submitters, "submitters") +
         with(sources, "sources") + with(requests, "requests") + (options.in_order ? ", in order" : "") +
         (own_thread ? ", handlers with a thread of their own" : "") + (cancels ? ", cancels" : "") +
         (mode == CloseMode::cancel ? ", closed by cancelling" : "");
}

Plan::Plan(const Shape& shape, std::size_t index) {
  Random random(shape.seed, index);
  if (random.one_in(8)) {
    constexpr std::array ways{Way::try_start, Way::lease_and_start, Way::lease_and_start, Way::lease_and_drop};
    way = ways[random.below(ways.size())];
  }
  if (random.one_in(2)) options.backpressure = any_policy(random);
  options.source = random.below(shape.sources);
  constexpr std::array<std::chrono::nanoseconds, 3> times{0us, 20us, 300us};
  if (random.one_in(8)) options.expires_after = times[random.below(times.size())];
  if (random.one_in(8)) options.wait.timeout = times[random.below(times.size())];
  stoppable = random.one_in(8);
  may_wait = !random.one_in(16);
  stops_another = random.one_in(64);
  faults = any_faults(random);
  if (shape.cancels && random.one_in(16)) cancels_back = 1 + random.below(8);
  submits = random.one_in(8);
  cancels = shape.cancels && random.one_in(32);
  waits = random.one_in(64);
  stops = random.one_in(64);
  throws = random.one_in(64);
  error_callback_throws = random.one_in(128);
  listens = !random.one_in(16);
  if (index >= shape.of_submitters()) way = Way::submit;
  if (index >= shape.before_the_end()) begin_and_last();
}

/// So that something runs at the end; for as long as it takes where the device is stuck.
void Plan::begin_and_last() {
  options.backpressure = Backpressure::reject;
  faults.bind_throws = faults.start_throws = false;
  faults.is_kept = true;
}

std::optional<Fault::Place> Plan::fails_at() const {
  using Place = Fault::Place;
  if (faults.bind_throws) return Place::bind;
  if (faults.start_throws) return Place::start;
  if (faults.ends != Faults::Ends::with_value) return Place::device;
  if (faults.collect_throws) return Place::collect;
  if (throws) return Place::callback;
  return std::nullopt;
}

}  // namespace inferqueue::testing
