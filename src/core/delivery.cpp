#include "core/delivery.hpp"

#include <utility>

namespace inferqueue::core {

thread_local int CallbackScope::depth = 0;

std::exception_ptr deliver(Record& record) noexcept {
  const std::shared_ptr<const Handler> handler = std::move(record.handler);
  if (!handler) return record.error;
  if (!record.error) {
    try {
      handler->on_value(record);
      return nullptr;
    } catch (...) {
      record.error = std::current_exception();
    }
  }
  try {
    return handler->on_error(record) ? nullptr : record.error;
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace inferqueue::core
