// What the queue itself refuses or gives up. Errors of the runtime and of user code travel unchanged, with their own
// type.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include <inferqueue/export.hpp>
#include <inferqueue/report.hpp>

namespace inferqueue {

enum class Errc {
  invalid_argument,    ///< An argument is outside its range, or names something that isn't there.
  invalid_input,       ///< An input tensor doesn't fit the model.
  user_data_mismatch,  ///< The user data isn't of the type that the callback takes.
  would_deadlock,      ///< A wait was asked for on a thread that runs a callback.
  pending_full,        ///< max_pending requests wait for a slot already.
  closed,              ///< The queue is closed or being destroyed.
  no_result,           ///< There are no outputs to read.
  timed_out,           ///< A wait has reached its WaitOptions::timeout; see TimeoutError.
  stopped,             ///< A wait was ended by its WaitOptions::stop.
  cancelled,           ///< The request was cancelled.
  expired,             ///< The request waited for a slot longer than its SubmitOptions::expires_after.
  dropped,             ///< The request gave way to another one.
  abandoned,           ///< The device did not complete the request in the time that closing the queue gave it.
};

/// The name of a code as it is written above, for logs.
INFERQUEUE_API const char* to_string(Errc code) noexcept;

/// An error of the queue's own. Thread rules: a value; copies may be read anywhere.
class INFERQUEUE_API Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& what) : std::runtime_error(what), code_(code) {}
  Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

/// Error(timed_out), with what the queue was doing when the wait was given up. Thread rules: a value.
class INFERQUEUE_API TimeoutError : public Error {
 public:
  /// `awaited` completes "waited 2.000 s for …".
  TimeoutError(std::chrono::nanoseconds waited, const std::string& awaited, QueueReport report);
  /// Shared by copies, so that copying an error can't fail.
  const QueueReport& report() const noexcept { return *report_; }

 private:
  std::shared_ptr<const QueueReport> report_;
};

}  // namespace inferqueue
