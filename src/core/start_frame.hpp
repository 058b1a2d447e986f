// Completions that come from within Backend::start().
#pragma once

#include <exception>
#include <utility>

#include "core/backend.hpp"

namespace inferqueue::core {

/// Stands on the stack around a call of Backend::start(). A completion that comes from within that call, on the same
/// thread, is left to the frame, and the caller of start() finishes it: so a backend that always completes at once
/// can't nest start in callback in start without a bound.
class StartFrame {
 public:
  StartFrame(const CompletionSink& sink, SlotId slot) noexcept
      : sink_(&sink), slot_(slot), outer_(std::exchange(innermost, this)) {}
  ~StartFrame() { innermost = outer_; }
  StartFrame(const StartFrame&) = delete;
  StartFrame& operator=(const StartFrame&) = delete;
  StartFrame(StartFrame&&) = delete;
  StartFrame& operator=(StartFrame&&) = delete;

  /// Leaves the completion to the frame on this thread that is starting the slot. False if there is none.
  static bool take_over(const CompletionSink& sink, SlotId slot, const std::exception_ptr& error) noexcept {
    for (StartFrame* frame = innermost; frame != nullptr; frame = frame->outer_) {
      if (frame->sink_ != &sink || frame->slot_ != slot) continue;
      frame->error_ = error;
      frame->completed_ = true;
      return true;
    }
    return false;
  }

  bool completed() const noexcept { return completed_; }
  const std::exception_ptr& error() const noexcept { return error_; }

 private:
  static inline thread_local StartFrame* innermost = nullptr;
  const CompletionSink* sink_;
  SlotId slot_;
  StartFrame* outer_;
  bool completed_ = false;
  std::exception_ptr error_;
};

}  // namespace inferqueue::core
