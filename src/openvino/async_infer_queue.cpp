#include <utility>

#include <inferqueue/async_infer_queue.hpp>
#include <inferqueue/error.hpp>

#include "openvino/queue_state.hpp"
#include "openvino/reaper.hpp"

namespace inferqueue {

using core::Gate;

namespace {

std::shared_ptr<ov::Model> read(ov::Core& core, const AsyncInferQueue::ModelSource& source) {
  if (const auto* model = std::get_if<std::shared_ptr<ov::Model>>(&source)) {
    if (*model == nullptr) throw Error(Errc::invalid_argument, "the model is a null pointer");
    return *model;
  }
  return core.read_model(std::get<std::filesystem::path>(source));
}

}  // namespace

// ---- Slot -----------------------------------------------------------------------------------------------------------

const Request& Slot::request() const {
  if (!latest_) throw Error(Errc::no_result, "no request has ended on slot " + std::to_string(id_) + " yet");
  return *latest_;
}

// ---- Lease ----------------------------------------------------------------------------------------------------------

Lease& Lease::operator=(Lease&& other) noexcept {
  if (this != &other) {
    release();
    state_ = std::move(other.state_);
    slot_ = other.slot_;
  }
  return *this;
}

Lease::~Lease() {
  release();
}

void Lease::release() noexcept {
  if (state_) std::exchange(state_, nullptr)->engine().release(slot_);
}

openvino::QueueState& Lease::state() const {
  if (!state_) throw Error(Errc::invalid_argument, "the lease is over: it was started, released or moved from");
  return *state_;
}

std::size_t Lease::slot_id() const {
  state();
  return slot_;
}

ov::Tensor Lease::input(const InputKey& key) const {
  const std::size_t input = state().ports().input_index(key, Errc::invalid_argument);
  return state().own_input(slot_, input);
}

RequestId Lease::start_async(UserData user_data, const SubmitOptions& options) {
  Lease ours = std::move(*this);  // gives the slot back if the record is refused
  auto record = ours.state().make_record({}, std::move(user_data));
  for (std::size_t k = 0; k < ours.state().ports().inputs().size(); ++k)
    ours.state().ports().check_fits(k, ours.state().own_input(ours.slot_, k));
  const auto state = std::exchange(ours.state_, nullptr);
  return state->engine().start(ours.slot_, std::move(record), options);
}

// ---- AsyncInferQueue ------------------------------------------------------------------------------------------------

AsyncInferQueue::AsyncInferQueue(const ov::CompiledModel& compiled_model, std::size_t jobs)
    : AsyncInferQueue(compiled_model, QueueOptions{.jobs = jobs}) {}

AsyncInferQueue::AsyncInferQueue(const ov::CompiledModel& compiled_model, const QueueOptions& options)
    : state_(openvino::QueueState::create(compiled_model, nullptr, options)) {}

AsyncInferQueue::AsyncInferQueue(ov::Core core, const ModelSource& model, const std::string& device,
                                 const ov::AnyMap& properties, const QueueOptions& options) {
  const std::shared_ptr<ov::Model> graph = read(core, model);
  state_ = openvino::QueueState::create(core.compile_model(graph, device, properties), graph, options);
}

AsyncInferQueue::~AsyncInferQueue() {
  // A thread can't wait for the callback that it is in, nor destroy the infer request that called it: it must not be
  // the last to let go of the state.
  if (core::Engine::in_callback()) {
    state_->engine().close(CloseMode::drain, {});  // at once, and without waiting: others may stand before it there
    openvino::close_in_background(state_);
  } else
    openvino::close_and_let_go(state_);  // a copy: callers that are inside still read state_
}

void AsyncInferQueue::set_callback(Callback callback) {
  const Gate::Inside inside(state_->gate());
  state_->set_callback(std::move(callback));
}

void AsyncInferQueue::set_error_callback(ErrorCallback callback) {
  const Gate::Inside inside(state_->gate());
  state_->set_error_callback(std::move(callback));
}

RequestId AsyncInferQueue::start_async(const Inputs& inputs, UserData user_data, const SubmitOptions& options) {
  const Gate::Inside inside(state_->gate());
  return state_->engine().submit(state_->make_record(inputs, std::move(user_data)), options);
}

std::optional<RequestId> AsyncInferQueue::try_start_async(const Inputs& inputs, UserData&& user_data,
                                                          const SubmitOptions& options) {
  const auto state = state_;  // kept: while user data is moved, a callback may destroy the queue
  const Gate::Inside inside(state->gate());
  const auto slot = state->engine().try_acquire_to_submit(options.source);
  if (!slot) return std::nullopt;
  base::Ref<openvino::OvRecord> record;
  try {
    record = state->make_record(inputs, std::move(user_data));
  } catch (...) {
    state->engine().release(*slot);
    throw;
  }
  return state->engine().start(*slot, std::move(record), options);
}

RequestFuture AsyncInferQueue::submit(const Inputs& inputs, UserData user_data, const SubmitOptions& options) {
  const auto state = state_;  // as above
  const Gate::Inside inside(state->gate());
  auto promise = std::make_shared<openvino::Promise>();
  RequestFuture future{promise->get_future()};
  future.id = state->engine().submit(state->make_record(inputs, std::move(user_data), std::move(promise)), options);
  return future;
}

Infer AsyncInferQueue::infer(Inputs inputs, UserData user_data, SubmitOptions options, Executor executor) {
  return {state_, std::move(inputs), std::move(user_data), std::move(options), std::move(executor)};
}

bool AsyncInferQueue::cancel(RequestId id) {
  const Gate::Inside inside(state_->gate());
  return state_->engine().cancel(id);
}

Lease AsyncInferQueue::lease(const WaitOptions& options) {
  const auto state = state_;  // kept: when the wait is over, a callback may have destroyed the queue
  const Gate::Inside inside(state->gate());
  const core::SlotId slot = state->engine().acquire(options);
  Lease lease(state, slot);
  state->mend_inputs(slot);
  return lease;
}

std::optional<Lease> AsyncInferQueue::try_lease() {
  const auto state = state_;
  const Gate::Inside inside(state->gate());
  const auto slot = state->engine().try_acquire();
  if (!slot) return std::nullopt;
  Lease lease(state, *slot);
  state->mend_inputs(*slot);
  return lease;
}

bool AsyncInferQueue::is_ready() const {
  const Gate::Inside inside(state_->gate());
  return state_->engine().is_ready();
}

std::size_t AsyncInferQueue::get_idle_request_id(const WaitOptions& options) {
  const Gate::Inside inside(state_->gate());
  return state_->engine().wait_for_idle(options);
}

void AsyncInferQueue::wait_all(const WaitOptions& options) {
  const std::vector<std::exception_ptr> errors = wait_all_errors(options);
  if (!errors.empty()) std::rethrow_exception(errors.front());
}

std::vector<std::exception_ptr> AsyncInferQueue::wait_all_errors(const WaitOptions& options) {
  const Gate::Inside inside(state_->gate());
  return state_->engine().wait_all(options);
}

CloseResult AsyncInferQueue::close(CloseMode mode, std::optional<std::chrono::nanoseconds> timeout) {
  const Gate::Inside inside(state_->gate());
  return state_->engine().close(mode, {.timeout = timeout});
}

QueueReport AsyncInferQueue::report() const {
  const Gate::Inside inside(state_->gate());
  return state_->engine().report();
}

Statistics AsyncInferQueue::statistics() const {
  const Gate::Inside inside(state_->gate());
  return state_->engine().statistics();
}

std::size_t AsyncInferQueue::size() const noexcept {
  return state_->engine().size();
}

Slot AsyncInferQueue::operator[](std::size_t i) const {
  const auto state = state_;
  const Gate::Inside inside(state->gate());
  const std::size_t slots = state->engine().size();
  if (i >= slots)
    throw Error(Errc::invalid_argument,
                "slot " + std::to_string(i) + " was asked for; the queue has " + std::to_string(slots));
  const core::Engine::SlotSnapshot snapshot = state->engine().snapshot(i);
  std::optional<Request> latest;
  if (snapshot.latest) latest.emplace(static_cast<openvino::OvRecord*>(snapshot.latest.get()));
  return {i, snapshot.state == SlotState::idle, std::move(latest)};
}

const ov::CompiledModel& AsyncInferQueue::compiled_model() const noexcept {
  return state_->compiled();
}
const std::shared_ptr<const ov::Model>& AsyncInferQueue::model() const noexcept {
  return state_->model();
}

}  // namespace inferqueue
