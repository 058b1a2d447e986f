// AsyncInferQueue: a pool of OpenVINO infer requests.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/core.hpp>

#include <inferqueue/callback.hpp>
#include <inferqueue/export.hpp>
#include <inferqueue/infer.hpp>
#include <inferqueue/inputs.hpp>
#include <inferqueue/options.hpp>
#include <inferqueue/report.hpp>
#include <inferqueue/request.hpp>
#include <inferqueue/statistics.hpp>
#include <inferqueue/user_data.hpp>

namespace inferqueue {

/// A slot at one moment: what it does, and its latest request with an outcome, read as one. Thread rules: a value.
class INFERQUEUE_API Slot {
 public:
  std::size_t id() const noexcept { return id_; }
  /// False while the slot is leased, runs, or delivers an outcome.
  bool is_idle() const noexcept { return idle_; }
  /// The latest request that ended on this slot; none before the first.
  const std::optional<Request>& latest() const noexcept { return latest_; }

  /// Of the latest request; zero before the first.
  std::chrono::nanoseconds latency() const noexcept {
    return latest_ ? latest_->latency() : std::chrono::nanoseconds::zero();
  }
  /// Of the latest request. Throws Error(no_result) before the first, and what Request's throw. A reference to the user
  /// data is good for as long as this Slot.
  const UserData& userdata() const { return request().userdata(); }
  template <class T>
  const T& userdata() const {
    return request().userdata().template as<T>();
  }
  std::vector<ov::Tensor> results() const { return request().results(); }
  ov::Tensor result(std::size_t index = 0) const { return request().result(index); }
  const std::vector<ov::Output<const ov::Node>>& model_outputs() const { return request().model_outputs(); }

  /// Internal: made by AsyncInferQueue.
  Slot(std::size_t id, bool idle, std::optional<Request> latest) : id_(id), idle_(idle), latest_(std::move(latest)) {}

 private:
  const Request& request() const;

  std::size_t id_;
  bool idle_;
  std::optional<Request> latest_;
};

/// An idle slot, taken: its input tensors can be written in place, without a copy, and then started. Dropped
/// unstarted it goes back to the queue. It may outlive the queue, but can't be started then.
/// Thread rules: used by one thread at a time, not bound to the one that took it.
class INFERQUEUE_API Lease {
 public:
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  /// False once it was started, released or moved from. The calls below then throw Error(invalid_argument).
  explicit operator bool() const noexcept { return state_ != nullptr; }
  std::size_t slot_id() const;
  /// The slot's own input tensor, holding whatever was last written to it. For a dynamic input call set_shape() on it
  /// first. Throws Error(invalid_argument) where there is no such input.
  ov::Tensor input(const InputKey& key = 0) const;

  /// Starts the slot on its own inputs; never waits. The lease is over, also when this throws: what the runtime's start
  /// threw, or as AsyncInferQueue::start_async(). Of the options only `source` counts.
  RequestId start_async(UserData user_data = {}, const SubmitOptions& options = {});
  void release() noexcept;

  /// Internal: made by AsyncInferQueue.
  Lease(std::shared_ptr<openvino::QueueState> state, std::size_t slot) : state_(std::move(state)), slot_(slot) {}

 private:
  INFERQUEUE_INTERNAL openvino::QueueState& state() const;

  std::shared_ptr<openvino::QueueState> state_;
  std::size_t slot_ = 0;
};

/// A pool of infer requests that are kept busy: Python's openvino.AsyncInferQueue, for C++.
///
/// Thread rules: any thread may call any member at any time, callbacks included; only construction and destruction
/// are for one thread. A callback must not wait: there, start_async() never blocks (where no slot is idle the request
/// is accepted and runs when one is), and wait_all(), lease() and get_idle_request_id() throw Error(would_deadlock)
/// where they would have to wait.
///
/// Every wait can be bounded (WaitOptions): at its timeout it throws TimeoutError, which says what every slot is doing;
/// when asked to stop, Error(stopped). The call has changed nothing then, and the errors that wait_all() would have
/// thrown are kept.
///
/// Every accepted request has exactly one Outcome. There are three ways to hear of it: start_async() and the callbacks,
/// submit() and its future, `co_await infer()`. A value goes to the callback, the future or the coroutine. An error (of
/// the inference, or thrown by the callback) goes with its own type to the future or the coroutine; else to the error
/// callback; else, where there is none, to wait_all(). So does Error(cancelled), Error(expired) and Error(dropped), but
/// wait_all() doesn't throw these. A refused request throws at submission, and nothing of it is kept. In each case its
/// slot goes on to the next. docs/queue.md has the contract clause by clause.
///
/// Not movable, because callbacks tend to hold a reference to it.
class INFERQUEUE_API AsyncInferQueue {
 public:
  /// Where a model comes from: one in memory, or a file that the core can read.
  using ModelSource = std::variant<std::shared_ptr<ov::Model>, std::filesystem::path>;
  class Iterator;

  /// `jobs` infer requests of a compiled model; 0 takes the device's OPTIMAL_NUMBER_OF_INFER_REQUESTS. Throws
  /// Error(invalid_argument) for more than QueueOptions::max_jobs or max_callback_threads, std::system_error if the
  /// callback threads can't be made, and what the runtime throws.
  explicit AsyncInferQueue(const ov::CompiledModel& compiled_model, std::size_t jobs = 0);
  AsyncInferQueue(const ov::CompiledModel& compiled_model, const QueueOptions& options);
  /// Compiles the model for the device and keeps it, so that a queue built like this can do what a compiled model
  /// doesn't allow, such as changing the batch. Throws as the others do, Error(invalid_argument) for a null model, and
  /// what reading and compiling throw.
  AsyncInferQueue(ov::Core core, const ModelSource& model, const std::string& device, const ov::AnyMap& properties = {},
                  const QueueOptions& options = {});
  AsyncInferQueue(const AsyncInferQueue&) = delete;
  AsyncInferQueue& operator=(const AsyncInferQueue&) = delete;
  AsyncInferQueue(AsyncInferQueue&&) = delete;
  AsyncInferQueue& operator=(AsyncInferQueue&&) = delete;
  /// Closes the queue, as close(drain) does; errors that nobody took are dropped. An inference that takes longer than
  /// QueueOptions::abandon_after is abandoned. Waits for callers that are inside. In a callback, of whatever queue, it
  /// returns at once, and the rest is done in the background.
  ~AsyncInferQueue();

  /// What is called with every value from now on; requests accepted before keep the callback they had. nullptr: none.
  void set_callback(Callback callback);
  /// What is called with every error from now on, instead of wait_all() throwing it, and with every request that is
  /// cancelled, expires or is dropped. Requests accepted before keep the one they had, or wait_all(). nullptr: none.
  void set_error_callback(ErrorCallback callback);

  /// Submits one item, waiting for an idle slot, and returns its id. The tensors are shared, not copied: they must not
  /// be written to until the request has completed, and are let go then. Throws Error(invalid_input) for inputs that
  /// don't fit the model, Error(user_data_mismatch) for user data that the callback can't take, Error(pending_full)
  /// where it may not wait (in a callback, and as the backpressure policy says), Error(closed), and what binding and
  /// starting throw; nothing has been accepted then.
  RequestId start_async(const Inputs& inputs = {}, UserData user_data = {}, const SubmitOptions& options = {});
  /// The same where a slot is idle and this source may have it (see QueueOptions::in_order); otherwise nothing, at
  /// once, and `user_data` is as it was. Of the options only `source` counts.
  std::optional<RequestId> try_start_async(const Inputs& inputs, UserData&& user_data,
                                           const SubmitOptions& options = {});
  std::optional<RequestId> try_start_async(const Inputs& inputs = {}) { return try_start_async(inputs, UserData()); }
  /// The same as start_async(), but the outcome goes to a future instead of the callbacks.
  RequestFuture submit(const Inputs& inputs = {}, UserData user_data = {}, const SubmitOptions& options = {});
  /// The same for `Request request = co_await queue.infer(…)`. Never blocks: where no slot is idle the request waits in
  /// line, and beyond max_pending Error(pending_full) is thrown. Resumes on the executor; without one on the queue's
  /// callback threads, of which there is one for this at least.
  [[nodiscard("co_await it: nothing is submitted before")]] Infer infer(Inputs inputs = {}, UserData user_data = {},
                                                                        SubmitOptions options = {},
                                                                        Executor executor = nullptr);
  /// Cancels a request that waits for a slot: its outcome is `cancelled`, delivered before this returns unless that is
  /// for other threads or in_order, or this is called in a callback, which returns first. Asks the device to cancel one
  /// that runs; whether it does shows in the outcome (the CPU completes what it has begun). False if the request is
  /// neither: it is unknown or has ended.
  bool cancel(RequestId id);
  /// Takes an idle slot, waiting for one.
  Lease lease(const WaitOptions& options = {});
  /// The same without waiting.
  std::optional<Lease> try_lease();

  /// True if a slot is idle; false after close().
  bool is_ready() const;
  /// Waits until a slot is idle and returns its id. With one submitting thread and nothing started in between the next
  /// start_async() uses that slot; otherwise it is a hint: use a lease.
  std::size_t get_idle_request_id(const WaitOptions& options = {});

  /// Waits until every request accepted before the call has its outcome and its callback has returned; not for leases.
  /// Rethrows, unchanged, the first error that no error callback has received, and drops the others; the queue goes
  /// on. At most 256 errors are kept.
  void wait_all(const WaitOptions& options = {});
  /// The same, but returns all those errors instead of throwing one.
  std::vector<std::exception_ptr> wait_all_errors(const WaitOptions& options = {});

  /// Closes the queue: what comes later is refused with Error(closed), and who waits for a slot gets that too. Then
  /// waits until every accepted request has its outcome and its callback has returned; in a callback it returns at
  /// once, whatever the timeout, with the number that CloseMode::cancel has taken out of the line. At the timeout (less
  /// than 0 is 0), what waits for a slot is cancelled, and what the device has not completed is abandoned: it gets
  /// Error(abandoned), the device keeps its slot and its buffers until it lets go (Statistics::held), and a completion
  /// that comes later is ignored. Only callbacks that run are waited for beyond the timeout. May be called again, to
  /// cancel or with another timeout. wait_all(), report() and statistics() still answer afterwards.
  CloseResult close(CloseMode mode = CloseMode::drain, std::optional<std::chrono::nanoseconds> timeout = std::nullopt);

  /// What every slot is doing, and what waits.
  QueueReport report() const;
  /// What has been done so far, and how long it took. Costs the copy of its histograms, about 30 KB.
  Statistics statistics() const;

  /// The number of slots.
  std::size_t size() const noexcept;
  /// A view of slot i. Throws Error(invalid_argument) if i >= size().
  Slot operator[](std::size_t i) const;
  Iterator begin() const;
  Iterator end() const;

  const ov::CompiledModel& compiled_model() const noexcept;
  /// The model that was compiled; null where the queue was built from a compiled model.
  const std::shared_ptr<const ov::Model>& model() const noexcept;

 private:
  std::shared_ptr<openvino::QueueState> state_;
};

/// Visits a view of every slot. Valid while the queue is. Thread rules: a value.
class AsyncInferQueue::Iterator {
 public:
  using value_type = Slot;
  using difference_type = std::ptrdiff_t;

  Iterator() = default;
  Iterator(const AsyncInferQueue& queue, std::size_t slot) : queue_(&queue), slot_(slot) {}
  Slot operator*() const { return (*queue_)[slot_]; }
  Iterator& operator++() {
    ++slot_;
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++slot_;
    return before;
  }
  bool operator==(const Iterator& other) const noexcept { return slot_ == other.slot_; }

 private:
  const AsyncInferQueue* queue_ = nullptr;
  std::size_t slot_ = 0;
};

inline AsyncInferQueue::Iterator AsyncInferQueue::begin() const {
  return {*this, 0};
}
inline AsyncInferQueue::Iterator AsyncInferQueue::end() const {
  return {*this, size()};
}

}  // namespace inferqueue
