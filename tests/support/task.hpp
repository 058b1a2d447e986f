// A coroutine for tests: the least that can be waited for, destroyed while it is suspended, and that can fail.
#pragma once

#include <chrono>
#include <coroutine>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <utility>

namespace inferqueue::testing {

/// What becomes of an exception that leaves the coroutine's body.
enum class Uncaught {
  kept,      ///< get() rethrows it
  rethrown,  ///< it reaches whoever resumed the coroutine; get() never returns
};

/// Begins at once. Owns the coroutine: destroyed while it is suspended, the rest never happens.
/// Thread rules: may be destroyed while nobody resumes the coroutine, and once get() has returned.
template <Uncaught uncaught>
class BasicTask {
  using Ending = std::promise<void>;

 public:
  struct promise_type {
    /// Tells that the coroutine has ended when it is suspended for good, so that its frame may go at once.
    struct Last {
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> ended) const noexcept {
        const std::shared_ptr<Ending> whole = ended.promise().ending;
        const std::exception_ptr uncaught_error = std::exchange(ended.promise().error, nullptr);
        if (uncaught_error)
          whole->set_exception(uncaught_error);
        else
          whole->set_value();
      }
      void await_resume() const noexcept {}
    };

    BasicTask get_return_object() { return BasicTask(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    Last final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() {
      if constexpr (uncaught == Uncaught::rethrown) throw;
      error = std::current_exception();
    }

    std::shared_ptr<Ending> ending = std::make_shared<Ending>();
    std::exception_ptr error;
  };

  BasicTask(BasicTask&& other) noexcept
      : coroutine_(std::exchange(other.coroutine_, nullptr)), ended_(std::move(other.ended_)) {}
  BasicTask& operator=(BasicTask&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    std::swap(ended_, other.ended_);
    return *this;
  }
  BasicTask(const BasicTask&) = delete;
  BasicTask& operator=(const BasicTask&) = delete;
  ~BasicTask() {
    if (coroutine_) coroutine_.destroy();
  }

  bool has_ended() const { return ended_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  /// Waits until the coroutine has ended, and throws what left its body. Throws std::runtime_error after a minute.
  void get() {
    if (ended_.wait_for(std::chrono::minutes(1)) != std::future_status::ready)
      throw std::runtime_error("the coroutine has not ended within a minute");
    ended_.get();
  }

 private:
  explicit BasicTask(std::coroutine_handle<promise_type> coroutine)
      : coroutine_(coroutine), ended_(coroutine.promise().ending->get_future()) {}

  std::coroutine_handle<promise_type> coroutine_;
  std::future<void> ended_;
};

using Task = BasicTask<Uncaught::kept>;
using ThrowingTask = BasicTask<Uncaught::rethrown>;

}  // namespace inferqueue::testing
