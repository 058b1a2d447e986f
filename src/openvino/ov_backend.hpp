// The queue's backend on the OpenVINO runtime.
#pragma once

#include <cstddef>
#include <vector>

#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/infer_request.hpp>

#include "core/backend.hpp"
#include "openvino/ov_record.hpp"
#include "openvino/ports.hpp"

namespace inferqueue::openvino {

/// A slot is an infer request of one compiled model.
///
/// Invariants, for each slot:
///  1. own_inputs are the slot's own tensors. Where replaced[i] is false, input i is bound to its own.
///  2. The output memory bound to the infer request is either in `outputs` here, or in the record of `collected`, the
///     latest that collected any. In the second case the slot starts again only with other tensors, or when it has
///     taken back these. What it has taken back from an earlier record is bound anew.
///  3. The infer request is given a callback of its own for every run, which names that run.
class OvBackend final : public core::Backend {
 public:
  /// Throws what creating an infer request throws.
  OvBackend(ov::CompiledModel model, base::Ref<const Ports> ports, std::size_t jobs);
  ~OvBackend() override;
  OvBackend(const OvBackend&) = delete;
  OvBackend& operator=(const OvBackend&) = delete;
  OvBackend(OvBackend&&) = delete;
  OvBackend& operator=(OvBackend&&) = delete;

  std::size_t size() const noexcept override { return slots_.size(); }
  void connect(core::CompletionSink& sink) override { sink_ = &sink; }
  void bind(core::SlotId slot, core::Record& record) override;
  void reclaim(core::SlotId slot, core::Record& previous) noexcept override;
  void start(core::SlotId slot, RequestId run) override;
  void cancel(core::SlotId slot) noexcept override;
  bool is_cancellation(const std::exception_ptr& error) const noexcept override;
  void collect(core::SlotId slot, core::Record& record) override;
  void unbind(core::SlotId slot, core::Record& record) noexcept override;

  /// Gives the slot fresh own tensors for inputs whose own somebody has given a shape that doesn't fit: whoever holds
  /// a lease can, also afterwards. For the holder of the slot's lease. Throws what binding a tensor throws.
  void mend_inputs(core::SlotId slot);
  /// A slot's own tensor for an input. For the holder of the slot's lease.
  ov::Tensor own_input(core::SlotId slot, std::size_t input) const { return slots_[slot].own_inputs[input]; }

 private:
  struct Slot {
    OvBackend* backend = nullptr;
    core::SlotId id = 0;
    ov::InferRequest request;
    std::vector<ov::Tensor> own_inputs;
    std::vector<bool> replaced;
    std::vector<ov::Tensor> outputs;  // empty: records have them
    RequestId collected = 0;
    bool outputs_are_bound = true;
  };

  void give_fresh_outputs(Slot& slot) const;
  static void bind_outputs(Slot& slot);
  static void restore_inputs(Slot& slot);

  ov::CompiledModel model_;  // outlives the requests
  base::Ref<const Ports> ports_;
  core::CompletionSink* sink_ = nullptr;
  std::vector<Slot> slots_;  // never resized: callbacks point into it
};

}  // namespace inferqueue::openvino
