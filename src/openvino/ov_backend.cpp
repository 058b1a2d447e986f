#include "openvino/ov_backend.hpp"

#include <utility>

#include <openvino/runtime/exception.hpp>

#include "openvino/plugin_code.hpp"

namespace inferqueue::openvino {
namespace {

OvRecord& ours(core::Record& record) {
  return static_cast<OvRecord&>(record);
}

/// Runs f. Returns false if it threw.
template <class F>
bool attempt(F f) noexcept {
  try {
    f();
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

OvBackend::OvBackend(ov::CompiledModel model, base::Ref<const Ports> ports, std::size_t jobs)
    : model_(std::move(model)), ports_(std::move(ports)) {
  keep_plugin_code();
  slots_.reserve(jobs);
  for (std::size_t i = 0; i < jobs; ++i) {
    Slot& slot = slots_.emplace_back();
    slot.backend = this;
    slot.id = i;
    slot.request = model_.create_infer_request();
    for (std::size_t k = 0; k < ports_->inputs().size(); ++k)
      slot.own_inputs.push_back(slot.request.get_input_tensor(k));
    slot.replaced.resize(slot.own_inputs.size());
    for (std::size_t k = 0; k < ports_->outputs().size(); ++k)
      slot.outputs.push_back(slot.request.get_output_tensor(k));
  }
}

OvBackend::~OvBackend() {
  slots_.clear();  // each infer request's destructor waits until its callback has returned
}

void OvBackend::bind(core::SlotId slot, core::Record& record) {
  Slot& its = slots_[slot];
  try {
    mend_inputs(slot);
    restore_inputs(its);
    for (const Binding& binding : ours(record).inputs) {
      its.replaced[binding.input] = true;
      its.request.set_input_tensor(binding.input, binding.tensor);
    }
  } catch (...) {
    unbind(slot, record);
    throw;
  }
}

void OvBackend::reclaim(core::SlotId slot, core::Record& previous) noexcept {
  Slot& its = slots_[slot];
  std::vector<ov::Tensor> theirs = std::exchange(ours(previous).outputs, {});
  if (!its.outputs.empty()) return;  // the latest run had no value: what was bound for it still is
  // Whoever saw the outputs may have given one another shape: then the slot gets fresh ones.
  bool fit = !theirs.empty();
  const bool compared = attempt([&] {
    for (std::size_t k = 0; k < theirs.size(); ++k) fit = fit && ports_->fits_output(k, theirs[k]);
  });
  if (!compared || !fit) return;
  its.outputs = std::move(theirs);
  // Where a later one still reads the memory that is bound, this is other memory.
  its.outputs_are_bound = previous.id == its.collected;
}

void OvBackend::start(core::SlotId slot, RequestId run) {
  Slot& its = slots_[slot];
  if (its.outputs.empty()) give_fresh_outputs(its);
  if (!its.outputs_are_bound) bind_outputs(its);
  // Anew for every run: the runtime takes the callback out while it runs, and puts it back afterwards only where there
  // is no other one by then. Otherwise a run that was started by another thread in between could complete unheard. Two
  // words, so that std::function keeps it without an allocation.
  its.request.set_callback(
      [&its, run](std::exception_ptr error) { its.backend->sink_->completed(its.id, run, std::move(error)); });
  its.request.start_async();
}

void OvBackend::cancel(core::SlotId slot) noexcept {
  attempt([&] { slots_[slot].request.cancel(); });
}

bool OvBackend::is_cancellation(const std::exception_ptr& error) const noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const ov::Cancelled&) {
    return true;
  } catch (...) {
    return false;
  }
}

void OvBackend::give_fresh_outputs(Slot& slot) const {
  std::vector<ov::Tensor> fresh;
  fresh.reserve(ports_->outputs().size());
  for (std::size_t k = 0; k < ports_->outputs().size(); ++k) fresh.push_back(ports_->make_output(k));
  slot.outputs = std::move(fresh);
  slot.outputs_are_bound = false;
}

void OvBackend::bind_outputs(Slot& slot) {
  for (std::size_t k = 0; k < slot.outputs.size(); ++k) slot.request.set_output_tensor(k, slot.outputs[k]);
  slot.outputs_are_bound = true;
}

void OvBackend::collect(core::SlotId slot, core::Record& record) {
  Slot& its = slots_[slot];
  // Asked for again each time: a dynamic output may have moved, and some devices hand out other tensors.
  for (std::size_t k = 0; k < its.outputs.size(); ++k) its.outputs[k] = its.request.get_output_tensor(k);
  ours(record).outputs = std::exchange(its.outputs, {});
  its.collected = record.id;
}

void OvBackend::mend_inputs(core::SlotId slot) {
  Slot& its = slots_[slot];
  for (std::size_t k = 0; k < its.own_inputs.size(); ++k) {
    if (ports_->fits_input(k, its.own_inputs[k])) continue;
    ov::Tensor fresh = ports_->make_input(k);
    if (!its.replaced[k]) its.request.set_input_tensor(k, fresh);
    its.own_inputs[k] = std::move(fresh);
  }
}

void OvBackend::restore_inputs(Slot& slot) {
  for (std::size_t k = 0; k < slot.replaced.size(); ++k) {
    if (!slot.replaced[k]) continue;
    slot.request.set_input_tensor(k, slot.own_inputs[k]);
    slot.replaced[k] = false;
  }
}

void OvBackend::unbind(core::SlotId slot, core::Record& record) noexcept {
  // Where this fails, the next bind() tries again, and refuses its request if it can't.
  attempt([&] { restore_inputs(slots_[slot]); });
  ours(record).inputs.clear();
}

}  // namespace inferqueue::openvino
