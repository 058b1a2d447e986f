#include <memory>
#include <utility>

#include <openvino/runtime/remote_tensor.hpp>

#include <inferqueue/error.hpp>
#include <inferqueue/request.hpp>

#include "openvino/ov_record.hpp"

namespace inferqueue {

Request::Request(openvino::OvRecord* record) noexcept : record_(record) {
  record_->retain();
}
Request::Request(const Request& other) noexcept : record_(other.record_) {
  if (record_ != nullptr) record_->retain();
}
Request::Request(Request&& other) noexcept : record_(std::exchange(other.record_, nullptr)) {}
Request& Request::operator=(Request other) noexcept {
  std::swap(record_, other.record_);
  return *this;
}
Request::~Request() {
  if (record_ != nullptr) record_->release();
}

RequestId Request::id() const noexcept {
  return record_->id;
}
Outcome Request::outcome() const noexcept {
  return record_->outcome;
}
std::size_t Request::slot_id() const noexcept {
  static_assert(no_slot == core::Record::no_slot);
  return record_->slot;
}
std::chrono::nanoseconds Request::latency() const noexcept {
  if (record_->started == core::Clock::time_point{}) return std::chrono::nanoseconds::zero();
  return record_->completed - record_->started;
}
std::exception_ptr Request::error() const noexcept {
  return record_->error;
}

UserData& Request::userdata() noexcept {
  return record_->user_data;
}
const UserData& Request::userdata() const noexcept {
  return record_->user_data;
}

const std::vector<ov::Tensor>& Request::outputs() const {
  if (record_->outputs.empty() && !record_->ports->outputs().empty())
    throw Error(Errc::no_result, record_->error ? "the request has no outputs: its outcome is not a value"
                                                : "the slot has started again and has taken its outputs' memory back; "
                                                  "copy the Request in its callback to keep them");
  return record_->outputs;
}

/// A view of the output's memory that owns the request. A view, because a tensor takes an owner only where it has none
/// yet, and because one that is given another shape then leaves the slot's own tensor alone.
ov::Tensor Request::keeping_this(const ov::Tensor& output) const {
  ov::Tensor shared = output;
  if (shared.is<ov::RemoteTensor>() || shared.get_size() == 0) return shared;
  ov::Tensor view(shared.get_element_type(), shared.get_shape(), shared.data());
  return {view, std::make_shared<base::Ref<openvino::OvRecord>>(record_)};
}

std::vector<ov::Tensor> Request::results() const {
  std::vector<ov::Tensor> kept;
  kept.reserve(outputs().size());
  for (const ov::Tensor& output : outputs()) kept.push_back(keeping_this(output));
  return kept;
}

const ov::Tensor& Request::output(std::size_t index) const {
  return outputs()[record_->ports->output_index(index)];
}

ov::Tensor Request::result(std::size_t index) const {
  return keeping_this(output(index));
}

ov::Tensor Request::result(const std::string& name) const {
  return keeping_this(outputs()[record_->ports->output_index(name)]);
}

const std::vector<ov::Output<const ov::Node>>& Request::model_outputs() const noexcept {
  return record_->ports->outputs();
}

}  // namespace inferqueue
