#include "openvino/queue_state.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace inferqueue::openvino {
namespace {

std::size_t number_of_jobs(const ov::CompiledModel& compiled, std::size_t wanted) {
  if (wanted > QueueOptions::max_jobs)
    throw Error(Errc::invalid_argument, "jobs is " + std::to_string(wanted) +
                                            "; it must be 0 (the device's choice) to " +
                                            std::to_string(QueueOptions::max_jobs));
  if (wanted > 0) return wanted;
  try {
    return std::max(1U, compiled.get_property(ov::optimal_number_of_infer_requests));
  } catch (const ov::Exception&) {
    return 2;  // not every device has the property; two requests overlap the host's work with the device's
  }
}

}  // namespace

std::shared_ptr<QueueState> QueueState::create(const ov::CompiledModel& compiled,
                                               std::shared_ptr<const ov::Model> model, const QueueOptions& options) {
  if (options.callback_threads > QueueOptions::max_callback_threads)
    throw Error(Errc::invalid_argument, "callback_threads is " + std::to_string(options.callback_threads) +
                                            "; it must be 0 (the runtime's thread) to " +
                                            std::to_string(QueueOptions::max_callback_threads));
  const base::Ref<const Ports> ports = base::make_ref<const Ports>(compiled);
  auto backend = std::make_unique<OvBackend>(compiled, ports, number_of_jobs(compiled, options.jobs));
  return std::make_shared<QueueState>(compiled, std::move(model), ports, std::move(backend), options);
}

QueueState::QueueState(ov::CompiledModel compiled, std::shared_ptr<const ov::Model> model, base::Ref<const Ports> ports,
                       std::unique_ptr<OvBackend> backend, const QueueOptions& options)
    : compiled_(std::move(compiled)),
      model_(std::move(model)),
      ports_(std::move(ports)),
      callbacks_(std::make_shared<const Callbacks>(nullptr, nullptr)),
      abandon_after_(options.abandon_after),
      backend_(backend.get()),
      engine_(std::move(backend), options) {}

void QueueState::set_callback(Callback callback) {
  auto on_value = callback ? std::make_shared<const Callback>(std::move(callback)) : nullptr;
  std::shared_ptr<const Callbacks> previous;  // let go after the mutex: it may be the last owner of user code
  const base::MutexLock lock(callbacks_mutex_);
  auto next = std::make_shared<const Callbacks>(std::move(on_value), callbacks_->error_callback());
  previous = std::exchange(callbacks_, std::move(next));
}

void QueueState::set_error_callback(ErrorCallback callback) {
  auto on_error = callback ? std::make_shared<const ErrorCallback>(std::move(callback)) : nullptr;
  std::shared_ptr<const Callbacks> previous;  // as above
  const base::MutexLock lock(callbacks_mutex_);
  auto next = std::make_shared<const Callbacks>(callbacks_->value_callback(), std::move(on_error));
  previous = std::exchange(callbacks_, std::move(next));
}

std::shared_ptr<const Callbacks> QueueState::callbacks() const {
  const base::MutexLock lock(callbacks_mutex_);
  return callbacks_;
}

base::Ref<OvRecord> QueueState::make_record(const Inputs& inputs, UserData user_data) const {
  auto current = callbacks();
  current->check(user_data);
  base::Ref<OvRecord> record = make_record(inputs, std::move(user_data), std::move(current));
  record->callbacks_of = this;
  return record;
}

void OvRecord::on_acceptance() {
  if (callbacks_of == nullptr) return;
  auto current = callbacks_of->callbacks();
  if (current == handler) return;
  current->check(user_data);
  retired = std::exchange(handler, std::move(current));
}

base::Ref<OvRecord> QueueState::make_record(const Inputs& inputs, UserData user_data,
                                            std::shared_ptr<const core::Handler> handler) const {
  auto record = base::make_ref<OvRecord>(ports_);
  record->inputs = ports_->resolve(inputs);
  record->user_data = std::move(user_data);
  record->handler = std::move(handler);
  return record;
}

}  // namespace inferqueue::openvino
