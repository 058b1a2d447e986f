// Where the outcomes of requests go: to the queue's callbacks, to a future, or to a coroutine.
#pragma once

#include <coroutine>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include <inferqueue/callback.hpp>
#include <inferqueue/infer.hpp>

#include "base/atomic.hpp"
#include "core/record.hpp"

namespace inferqueue::openvino {

/// The user's callbacks at one moment.
class Callbacks final : public core::Handler {
 public:
  Callbacks(std::shared_ptr<const Callback> on_value, std::shared_ptr<const ErrorCallback> on_error)
      : on_value_(std::move(on_value)), on_error_(std::move(on_error)) {}

  void on_value(core::Record& record) const override;
  bool on_error(core::Record& record) const override;

  /// Throws Error(user_data_mismatch) if the callback can't take this user data.
  void check(const UserData& user_data) const {
    if (on_value_) on_value_->check(user_data);
  }
  const std::shared_ptr<const Callback>& value_callback() const noexcept { return on_value_; }
  const std::shared_ptr<const ErrorCallback>& error_callback() const noexcept { return on_error_; }

 private:
  std::shared_ptr<const Callback> on_value_;  // null: none
  std::shared_ptr<const ErrorCallback> on_error_;
};

/// One request's promise. It is kept in every case: each outcome is a value or an exception.
class Promise final : public core::Handler {
 public:
  std::future<Request> get_future() { return promise_.get_future(); }
  void on_value(core::Record& record) const override;
  bool on_error(core::Record& record) const override;

 private:
  mutable std::promise<Request> promise_;  // each handler hears once, of its request
};

/// A coroutine that awaits a request. Shared by the awaitable in its frame, the handler and what the executor was
/// given. Thread rules: whoever wins claim() resumes; `request` and `error` are written before.
struct Suspended {
  enum class State : std::uint8_t { suspended, resumed, gone };

  /// True for the first to ask, unless the coroutine is gone: it may be resumed, by the caller.
  bool claim() noexcept {
    State expected = State::suspended;
    return state.compare_exchange_strong(expected, State::resumed, std::memory_order_acq_rel);
  }

  std::coroutine_handle<> waiting;
  base::Atomic<State> state{State::suspended};
  base::Atomic<RequestId> id{0};  // once it is accepted
  std::optional<Request> request;
  std::exception_ptr error;  // goes before the request
};

class Resumption final : public core::Handler {
 public:
  Resumption(std::shared_ptr<Suspended> suspended, Executor executor)
      : suspended_(std::move(suspended)), executor_(std::move(executor)) {}

  void on_value(core::Record& record) const override;
  bool on_error(core::Record& record) const override;
  /// A coroutine may run for long: not on the runtime's thread.
  bool wants_own_thread() const noexcept override { return executor_ == nullptr; }

 private:
  /// On the executor; where that throws, here, with what it threw.
  void resume() const;

  std::shared_ptr<Suspended> suspended_;
  Executor executor_;
};

}  // namespace inferqueue::openvino
