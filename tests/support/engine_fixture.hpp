// An engine on the fake backend, with handlers made of lambdas.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <inferqueue/error.hpp>

#include "core/engine.hpp"
#include "support/fake_backend.hpp"

namespace inferqueue::testing {

class LambdaHandler final : public core::Handler {
 public:
  using OnValue = std::function<void(FakeRecord&)>;
  using OnError = std::function<void(FakeRecord&)>;
  explicit LambdaHandler(OnValue value, OnError error = nullptr) : value_(std::move(value)), error_(std::move(error)) {}

  void on_value(core::Record& record) const override {
    if (value_) value_(static_cast<FakeRecord&>(record));
  }
  bool on_error(core::Record& record) const override {
    if (error_) error_(static_cast<FakeRecord&>(record));
    return error_ != nullptr;
  }

 private:
  OnValue value_;
  OnError error_;
};

/// Makes the engine with make_engine(); checks at the end that the engine kept the seam's contract.
class EngineTest : public ::testing::Test {
 protected:
  core::Engine& make_engine(std::size_t slots, const QueueOptions& options = {.max_pending = 1000000}) {
    auto owned = std::make_unique<FakeBackend>(slots);
    backend = owned.get();
    engine = std::make_unique<core::Engine>(std::move(owned), options);
    return *engine;
  }

  static base::Ref<FakeRecord> record(int input, LambdaHandler::OnValue on_value = nullptr,
                                      LambdaHandler::OnError on_error = nullptr) {
    auto made = base::make_ref<FakeRecord>();
    made->input = input;
    made->handler = std::make_shared<LambdaHandler>(std::move(on_value), std::move(on_error));
    return made;
  }

  /// Writes what becomes of it into log(): "3 value", "4 dropped".
  base::Ref<FakeRecord> logged(int input) {
    const auto write = [this](FakeRecord& r) {
      const std::lock_guard lock(log_mutex_);
      log_.push_back(std::to_string(r.input) + ' ' + to_string(r.outcome));
    };
    return record(input, write, write);
  }
  std::vector<std::string> log() const {
    const std::lock_guard lock(log_mutex_);
    return log_;
  }
  void wait_for_log(std::size_t size) const {
    while (log().size() < size) std::this_thread::yield();
  }
  /// Until so many threads stand in line.
  void wait_for_waiters(std::size_t count) const {
    while (engine->report().waiting != count) std::this_thread::yield();
  }
  std::vector<SlotState> slot_states() const {
    std::vector<SlotState> states;
    for (const SlotReport& slot : engine->report().slots) states.push_back(slot.state);
    return states;
  }

  /// Every slot can be taken: none was lost. Gives them back.
  void expect_all_slots_idle() {
    std::vector<core::SlotId> taken;
    while (const auto slot = engine->try_acquire()) taken.push_back(*slot);
    EXPECT_EQ(taken.size(), engine->size());
    for (const core::SlotId slot : taken) engine->release(slot);
  }

  /// Every accepted request has one outcome, or is still under way.
  void expect_all_accounted_for() const {
    const Statistics now = engine->statistics();
    EXPECT_EQ(now.accepted, now.values + now.errors + now.cancelled + now.expired + now.dropped + now.unfinished);
  }

  void TearDown() override {
    if (engine) {
      EXPECT_EQ(backend->violations(), std::vector<std::string>{});
      expect_all_accounted_for();
    }
    engine.reset();
  }

  FakeBackend* backend = nullptr;
  std::unique_ptr<core::Engine> engine;

 private:
  mutable std::mutex log_mutex_;
  std::vector<std::string> log_;
};

/// The code of the Error that the call throws.
template <class Call>
Errc code_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return Errc::invalid_argument;
}

inline Errc code_of_error(const std::exception_ptr& error) {
  return code_of([&] { std::rethrow_exception(error); });
}

/// The message of an exception_ptr that holds an E; "another type" otherwise.
template <class E>
std::string message_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const E& e) {
    return e.what();
  } catch (...) {
    return "another type";
  }
}

}  // namespace inferqueue::testing
