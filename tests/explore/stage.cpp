#include "explore/stage.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace inferqueue::explore {
namespace {

/// Counts what it hears. What the callback throws is the outcome then.
class CountingHandler final : public core::Handler {
 public:
  CountingHandler(ExploredBackend& backend, Request& request, Stage::Callback callback)
      : backend_(backend), request_(request), callback_(std::move(callback)) {}

  void on_value(core::Record& record) const override {
    ++request_.outcomes;
    if (record.holds_slot) backend_.set_in_callback(record.slot, true);
    if (callback_) callback_();
    if (record.holds_slot) backend_.set_in_callback(record.slot, false);
    request_.has_returned = true;
  }
  bool on_error(core::Record& record) const override {
    if (request_.outcomes > 0 && record.holds_slot) backend_.set_in_callback(record.slot, false);  // it threw
    // A callback that throws has been counted.
    if (request_.outcomes == 0 || request_.has_returned) ++request_.outcomes;
    request_.outcome = record.outcome;
    request_.has_returned = true;
    return false;
  }

 private:
  ExploredBackend& backend_;
  Request& request_;
  Stage::Callback callback_;
};

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Stage::Stage(std::size_t slots, const QueueOptions& options) {
  auto backend = std::make_unique<ExploredBackend>(slots);
  backend_ = backend.get();
  engine_ = std::make_unique<core::Engine>(std::move(backend), options);
}

base::Ref<core::Record> Stage::record_of(Request& request, Callback callback) {
  auto record = base::make_ref<core::Record>();
  record->handler = std::make_shared<CountingHandler>(*backend_, request, std::move(callback));
  return record;
}

void Stage::attempt(Request& request, const std::function<void()>& submission) {
  try {
    submission();
    request.is_accepted = true;
  } catch (const Error& error) {
    request.refusal = error.code();
  } catch (const std::exception&) {  // the backend's
  }
}

Request& Stage::submit(Callback callback, const SubmitOptions& options) {
  Request& request = requests_.emplace_back();
  attempt(request, [&] { request.id = engine_->submit(record_of(request, std::move(callback)), options); });
  return request;
}

Request& Stage::lease_and_start(Callback callback) {
  Request& request = requests_.emplace_back();
  attempt(request, [&] {
    const core::SlotId slot = engine_->acquire();
    engine_->start(slot, record_of(request, std::move(callback)));
  });
  return request;
}

std::size_t Stage::wait_all(std::initializer_list<const Request*> those) {
  const std::size_t errors = engine_->wait_all().size();
  for (const Request* request : those)
    check(!request->is_accepted || request->has_returned, "wait_all() returned before a callback had");
  return errors;
}

void Stage::check_outcomes() {
  for (const Request& request : requests_)
    check(request.outcomes == (request.is_accepted ? 1 : 0),
          std::string("a request that was ") + (request.is_accepted ? "accepted" : "refused") + " has had " +
              std::to_string(request.outcomes) + " outcomes");
}

void Stage::finish() {
  check(engine_->wait_all().size() == errors_, "another number of errors");
  check_outcomes();
  std::vector<core::SlotId> taken;
  while (const auto slot = engine_->try_acquire()) taken.push_back(*slot);
  check(taken.size() == engine_->size(), std::to_string(taken.size()) + " slots are idle in the end");
  for (const core::SlotId slot : taken) engine_->release(slot);
}

void Stage::finish_closed(std::size_t abandoned) {
  engine_->close(CloseMode::drain, {});
  check_outcomes();
  const QueueReport report = engine_->report();
  for (const SlotReport& slot : report.slots)
    if (slot.state != SlotState::abandoned || abandoned-- == 0) check(slot.state == SlotState::idle, to_string(report));
  check(engine_->statistics().held == 0, "the device has let go, and something is held");
}

void Stage::destroy() {
  engine_.reset();
  check_outcomes();
}

void expect_holds(const std::function<void()>& scenario, const Bounds& bounds) {
  const std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
  if (const std::string schedule = environment("INFERQUEUE_EXPLORE_SCHEDULE"); !schedule.empty()) {
    const Outcome outcome = replay(scenario, schedule);
    std::printf("%s\n", outcome.trace.c_str());
    EXPECT_EQ(outcome.failure, "");
    return;
  }
  unsigned bound = environment("INFERQUEUE_TEST_FULL").empty() ? bounds.quick : bounds.full;
#ifdef __SANITIZE_ADDRESS__
  --bound;  // each execution takes three times as long
#endif
  if (const std::string other = environment("INFERQUEUE_EXPLORE_BOUND"); !other.empty())
    bound = static_cast<unsigned>(std::stoul(other));
  const Outcome outcome = explore(scenario, {.bound = bound});
  std::printf("%s: %llu executions, %s %u preemptions\n", name.c_str(),
              static_cast<unsigned long long>(outcome.executions),
              outcome.is_complete ? "all there are, with no more than" : "up to", outcome.bound);
  ::testing::Test::RecordProperty("executions", std::to_string(outcome.executions));
  ::testing::Test::RecordProperty("bound", std::to_string(outcome.bound));
  EXPECT_EQ(outcome.failure, "") << "To see it again: INFERQUEUE_EXPLORE_SCHEDULE='" << outcome.schedule
                                 << "' core_explored_test --gtest_filter=*." << name << "\nWhat the threads did:\n"
                                 << outcome.trace;
}

}  // namespace inferqueue::explore
