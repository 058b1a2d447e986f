// Giving a request's outcome to the user's code, and knowing that it is being done.
#pragma once

#include <exception>

#include "core/record.hpp"

namespace inferqueue::core {

/// Marks the thread as one that delivers an outcome and so must not wait. May be nested.
class CallbackScope {
 public:
  CallbackScope() noexcept { ++depth; }
  ~CallbackScope() { --depth; }
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
  CallbackScope(CallbackScope&&) = delete;
  CallbackScope& operator=(CallbackScope&&) = delete;

  /// True if this thread is within a scope, of whatever queue.
  static bool active() noexcept { return depth > 0; }

 private:
  static thread_local int depth;
};

/// Calls the request's handler, and lets go of it. To be called within a CallbackScope. Returns the error that nobody
/// has heard, if there is one: the request's own where nobody listens, or the one that the error handler threw.
std::exception_ptr deliver(Record& record) noexcept;

}  // namespace inferqueue::core
