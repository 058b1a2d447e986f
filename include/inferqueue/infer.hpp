// Requests whose outcome is awaited, by a thread or by a coroutine.
#pragma once

#include <coroutine>
#include <functional>
#include <future>
#include <memory>

#include <inferqueue/export.hpp>
#include <inferqueue/inputs.hpp>
#include <inferqueue/options.hpp>
#include <inferqueue/request.hpp>
#include <inferqueue/user_data.hpp>

namespace inferqueue {
namespace openvino {
class QueueState;
struct Suspended;
}  // namespace openvino

/// A future that knows its request's number, for AsyncInferQueue::cancel(). Thread rules: as std::future, which it can
/// be moved into.
struct RequestFuture : std::future<Request> {
  RequestId id = 0;
};

/// Runs what it is given, once, somewhere: posts it to an event loop or a thread pool. Where it throws instead, it must
/// not have taken it: the coroutine then resumes on the thread that has called it, with what it threw. There, and where
/// it runs at once what it is given, the coroutine counts as a callback and must not wait.
/// Thread rules: called on any thread that delivers outcomes, also on several at once, and perhaps for a coroutine that
/// goes meanwhile. What it refers to must outlive every request that is awaited with it, that is, the queue.
using Executor = std::function<void(std::function<void()>)>;

/// What `co_await queue.infer(…)` awaits: submits when it is awaited, and resumes with the Request, or throws what
/// became of it. Destroying the coroutine while it is suspended cancels the request as far as AsyncInferQueue::cancel()
/// can; nothing touches the coroutine afterwards. (While it is being resumed it must not be destroyed by others, as any
/// coroutine.) Await it once only: after that it throws Error(invalid_argument).
/// Where the request is refused it throws Error(invalid_input), Error(pending_full), Error(closed), what binding and
/// starting throw, and std::system_error if there can't be a thread to resume on. Otherwise it throws the request's
/// error with its own type, Error(cancelled), Error(expired) or Error(dropped), or what the executor threw.
/// Thread rules: for the coroutine.
class INFERQUEUE_API Infer {
 public:
  ~Infer();
  Infer(const Infer&) = delete;
  Infer& operator=(const Infer&) = delete;
  Infer(Infer&&) = delete;
  Infer& operator=(Infer&&) = delete;

  static bool await_ready() noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting);
  Request await_resume();

  /// Internal: made by AsyncInferQueue.
  INFERQUEUE_INTERNAL Infer(std::shared_ptr<openvino::QueueState> state, Inputs inputs, UserData user_data,
                            SubmitOptions options, Executor executor) noexcept;

 private:
  std::shared_ptr<openvino::QueueState> state_;
  Inputs inputs_;
  UserData user_data_;
  SubmitOptions options_;
  Executor executor_;
  std::shared_ptr<openvino::Suspended> suspended_;  // from the submission on
};

}  // namespace inferqueue
