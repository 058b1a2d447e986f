#include <utility>

#include <inferqueue/infer.hpp>

#include "openvino/handlers.hpp"
#include "openvino/queue_state.hpp"

namespace inferqueue {

using openvino::Suspended;

Infer::Infer(std::shared_ptr<openvino::QueueState> state, Inputs inputs, UserData user_data, SubmitOptions options,
             Executor executor) noexcept
    : state_(std::move(state)),
      inputs_(std::move(inputs)),
      user_data_(std::move(user_data)),
      options_(std::move(options)),
      executor_(std::move(executor)) {}

Infer::~Infer() {
  if (!suspended_) return;
  Suspended::State expected = Suspended::State::suspended;
  if (!suspended_->state.compare_exchange_strong(expected, Suspended::State::gone)) return;
  // 0: await_suspend() has not come back from the submission; it will see that nobody waits any more. Sequentially
  // consistent here and there: each writes one and reads the other, and one of them must see what the other wrote.
  if (const RequestId id = suspended_->id.load(); id != 0) state_->engine().cancel(id);
}

void Infer::await_suspend(std::coroutine_handle<> waiting) {
  if (suspended_) throw Error(Errc::invalid_argument, "what infer() returns is awaited once: call infer() again");
  const auto suspended = std::make_shared<Suspended>();
  suspended->waiting = waiting;
  auto handler = std::make_shared<const openvino::Resumption>(suspended, std::move(executor_));
  auto record = state_->make_record(std::exchange(inputs_, {}), std::move(user_data_), std::move(handler));
  const auto state = state_;
  const SubmitOptions options = options_;
  suspended_ = suspended;
  // From here on the coroutine may be resumed, by another thread or within the call, or destroyed, and *this with it.
  RequestId id = 0;
  try {
    id = state->engine().submit(std::move(record), options, core::Engine::MayWait::no);
  } catch (...) {
    suspended->state.store(Suspended::State::resumed, std::memory_order_release);  // by the language, with this error
    throw;
  }
  suspended->id.store(id);
  if (suspended->state.load() == Suspended::State::gone) state->engine().cancel(id);
}

Request Infer::await_resume() {
  if (suspended_->error) std::rethrow_exception(suspended_->error);
  return std::move(*suspended_->request);
}

}  // namespace inferqueue
