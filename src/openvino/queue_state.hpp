// What an AsyncInferQueue and its leases share.
#pragma once

#include <memory>
#include <utility>

#include <inferqueue/async_infer_queue.hpp>

#include "base/mutex.hpp"
#include "core/engine.hpp"
#include "openvino/ov_backend.hpp"
#include "openvino/ov_record.hpp"
#include "openvino/ports.hpp"

namespace inferqueue::openvino {

/// The user's callbacks at one moment.
class Callbacks final : public core::Handler {
 public:
  Callbacks(std::shared_ptr<const Callback> on_value, std::shared_ptr<const ErrorCallback> on_error)
      : on_value_(std::move(on_value)), on_error_(std::move(on_error)) {}

  void on_value(core::Record& record) const override;
  bool on_error(core::Record& record) const override;

  const std::shared_ptr<const Callback>& value_callback() const noexcept { return on_value_; }
  const std::shared_ptr<const ErrorCallback>& error_callback() const noexcept { return on_error_; }

 private:
  std::shared_ptr<const Callback> on_value_;  // null: none
  std::shared_ptr<const ErrorCallback> on_error_;
};

/// Thread rules: as AsyncInferQueue.
class QueueState {
 public:
  /// Throws as AsyncInferQueue's constructors do.
  static std::shared_ptr<QueueState> create(const ov::CompiledModel& compiled, std::shared_ptr<const ov::Model> model,
                                            const QueueOptions& options);
  /// For create().
  QueueState(ov::CompiledModel compiled, std::shared_ptr<const ov::Model> model, base::Ref<const Ports> ports,
             std::unique_ptr<OvBackend> backend, const QueueOptions& options);

  void set_callback(Callback callback);
  void set_error_callback(ErrorCallback callback);
  /// A record that is ready to be submitted, with the callbacks of this moment. Throws what a refused submission does.
  base::Ref<OvRecord> make_record(const Inputs& inputs, UserData user_data) const;

  core::Engine& engine() noexcept { return engine_; }
  const Ports& ports() const noexcept { return *ports_; }
  const ov::CompiledModel& compiled() const noexcept { return compiled_; }
  const std::shared_ptr<const ov::Model>& model() const noexcept { return model_; }
  ov::Tensor own_input(core::SlotId slot, std::size_t input) const { return backend_->own_input(slot, input); }
  void mend_inputs(core::SlotId slot) { backend_->mend_inputs(slot); }

 private:
  ov::CompiledModel compiled_;
  std::shared_ptr<const ov::Model> model_;
  base::Ref<const Ports> ports_;
  mutable base::Mutex callbacks_mutex_;
  std::shared_ptr<const Callbacks> callbacks_ INFERQUEUE_GUARDED_BY(callbacks_mutex_);
  OvBackend* backend_;  // the engine's
  core::Engine engine_;
};

}  // namespace inferqueue::openvino
