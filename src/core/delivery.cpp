#include "core/delivery.hpp"

#include <utility>

namespace inferqueue::core {

thread_local int CallbackScope::depth = 0;

std::exception_ptr deliver(Record& record) noexcept {
  record.retired.reset();
  const std::shared_ptr<const Handler> handler = std::move(record.handler);
  // Nobody misses what was cancelled, has expired or gave way: that was asked for.
  const auto unheard = [&] { return record.outcome == Outcome::error ? record.error : nullptr; };
  if (!handler) return unheard();
  if (record.outcome == Outcome::value) {
    try {
      handler->on_value(record);
      return nullptr;
    } catch (...) {
      record.outcome = Outcome::error;
      record.error = std::current_exception();
    }
  }
  try {
    return handler->on_error(record) ? nullptr : unheard();
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace inferqueue::core
