// What an AsyncInferQueue and its leases share.
#pragma once

#include <memory>
#include <utility>

#include <inferqueue/async_infer_queue.hpp>

#include "base/mutex.hpp"
#include "core/engine.hpp"
#include "core/gate.hpp"
#include "openvino/handlers.hpp"
#include "openvino/ov_backend.hpp"
#include "openvino/ov_record.hpp"
#include "openvino/ports.hpp"

namespace inferqueue::openvino {

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
  /// Those that are set at this moment.
  std::shared_ptr<const Callbacks> callbacks() const;
  void set_error_callback(ErrorCallback callback);
  /// A record that is ready to be submitted, with the callbacks of this moment. Throws what a refused submission does.
  base::Ref<OvRecord> make_record(const Inputs& inputs, UserData user_data) const;
  /// The same, but its outcome goes to the handler.
  base::Ref<OvRecord> make_record(const Inputs& inputs, UserData user_data,
                                  std::shared_ptr<const core::Handler> handler) const;

  /// Held by every call of a public member, so that the destructor can wait for those that are inside.
  core::Gate& gate() noexcept { return gate_; }
  core::Engine& engine() noexcept { return engine_; }
  std::chrono::nanoseconds abandon_after() const noexcept { return abandon_after_; }
  const Ports& ports() const noexcept { return *ports_; }
  const ov::CompiledModel& compiled() const noexcept { return compiled_; }
  const std::shared_ptr<const ov::Model>& model() const noexcept { return model_; }
  ov::Tensor own_input(core::SlotId slot, std::size_t input) const { return backend_->own_input(slot, input); }
  void mend_inputs(core::SlotId slot) { backend_->mend_inputs(slot); }

 private:
  core::Gate gate_;
  ov::CompiledModel compiled_;
  std::shared_ptr<const ov::Model> model_;
  base::Ref<const Ports> ports_;
  mutable base::Mutex callbacks_mutex_;
  std::shared_ptr<const Callbacks> callbacks_ INFERQUEUE_GUARDED_BY(callbacks_mutex_);
  std::chrono::nanoseconds abandon_after_;
  OvBackend* backend_;  // the engine's
  core::Engine engine_;
};

}  // namespace inferqueue::openvino
