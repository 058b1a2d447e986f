#include "openvino/ov_backend.hpp"

#include <utility>

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
  slots_.reserve(jobs);
  for (std::size_t i = 0; i < jobs; ++i) {
    Slot& slot = slots_.emplace_back();
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

void OvBackend::connect(core::CompletionSink& sink) {
  sink_ = &sink;
  for (core::SlotId slot = 0; slot < slots_.size(); ++slot) install_callback(slot);
}

void OvBackend::install_callback(core::SlotId slot) {
  slots_[slot].request.set_callback(
      [this, slot](std::exception_ptr error) { sink_->completed(slot, std::move(error)); });
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
  std::vector<ov::Tensor> theirs = std::exchange(ours(previous).outputs, {});
  // Whoever saw the outputs may have given one another shape: then the slot gets fresh ones.
  bool fit = !theirs.empty();
  const bool compared = attempt([&] {
    for (std::size_t k = 0; k < theirs.size(); ++k) fit = fit && ports_->fits_output(k, theirs[k]);
  });
  if (compared && fit) slots_[slot].outputs = std::move(theirs);
}

void OvBackend::start(core::SlotId slot) {
  Slot& its = slots_[slot];
  if (its.outputs.empty()) give_fresh_outputs(its);
  its.request.start_async();
}

void OvBackend::give_fresh_outputs(Slot& slot) const {
  std::vector<ov::Tensor> fresh;
  fresh.reserve(ports_->outputs().size());
  for (std::size_t k = 0; k < ports_->outputs().size(); ++k) {
    fresh.push_back(ports_->make_output(k));
    slot.request.set_output_tensor(k, fresh.back());
  }
  slot.outputs = std::move(fresh);
}

void OvBackend::collect(core::SlotId slot, core::Record& record) {
  Slot& its = slots_[slot];
  // Asked for again each time: a dynamic output may have moved, and some devices hand out other tensors.
  for (std::size_t k = 0; k < its.outputs.size(); ++k) its.outputs[k] = its.request.get_output_tensor(k);
  ours(record).outputs = std::exchange(its.outputs, {});
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
  // The runtime takes the callback out while it runs and puts it back only afterwards. Another thread may start the
  // slot before that, and on a device that runs callbacks side by side its completion would go unheard. Where this
  // fails, the runtime still puts the old one back.
  attempt([&] { install_callback(slot); });
}

}  // namespace inferqueue::openvino
