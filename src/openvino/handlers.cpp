#include "openvino/handlers.hpp"

#include "openvino/ov_record.hpp"

namespace inferqueue::openvino {
namespace {

Request handle_of(core::Record& record) {
  return Request(&static_cast<OvRecord&>(record));  // all records here are ours
}

}  // namespace

void Callbacks::on_value(core::Record& record) const {
  if (on_value_ == nullptr) return;
  Request request = handle_of(record);
  (*on_value_)(request, record.user_data);
}

bool Callbacks::on_error(core::Record& record) const {
  if (on_error_ == nullptr) return false;
  Request request = handle_of(record);
  (*on_error_)(request, record.error);
  return true;
}

void Promise::on_value(core::Record& record) const {
  promise_.set_value(handle_of(record));
}

bool Promise::on_error(core::Record& record) const {
  promise_.set_exception(record.error);
  return true;
}

void Resumption::on_value(core::Record& record) const {
  suspended_->request.emplace(handle_of(record));
  resume();
}

bool Resumption::on_error(core::Record& record) const {
  // What comes after the resumption was thrown by the coroutine itself, past its own promise.
  if (suspended_->state.load(std::memory_order_acquire) == Suspended::State::resumed) return false;
  suspended_->error = record.error;
  resume();
  return true;
}

void Resumption::resume() const {
  if (suspended_->state.load(std::memory_order_acquire) == Suspended::State::gone) return;
  const auto here = [suspended = suspended_] {
    if (suspended->claim()) suspended->waiting.resume();
  };
  if (!executor_) return here();
  try {
    return executor_(here);
  } catch (...) {
    // An executor that runs at once lets through what the coroutine throws past its own promise.
    if (suspended_->state.load(std::memory_order_acquire) == Suspended::State::resumed) throw;
    if (!suspended_->claim()) return;
    suspended_->error = std::current_exception();
  }
  suspended_->waiting.resume();
}

}  // namespace inferqueue::openvino
