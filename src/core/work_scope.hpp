// What a thread does for an engine after what it is doing now.
#pragma once

#include <utility>

#include "core/record_list.hpp"

namespace inferqueue::core {

class Engine;

/// Stands on the stack of a thread that works for an engine, or that calls its backend. What comes up meanwhile on the
/// same thread (a completion from within Backend::start(), the outcome of a request that a callback cancels or
/// displaces) is left to the innermost scope, and done when that call has returned: so nothing nests without a bound,
/// and the backend is not called from within its own calls.
class WorkScope {
 public:
  explicit WorkScope(const Engine& engine) noexcept : engine_(&engine), outer_(std::exchange(innermost, this)) {}
  ~WorkScope() { innermost = outer_; }
  WorkScope(const WorkScope&) = delete;
  WorkScope& operator=(const WorkScope&) = delete;
  WorkScope(WorkScope&&) = delete;
  WorkScope& operator=(WorkScope&&) = delete;

  /// This thread's scope for the engine; null if there is none.
  static WorkScope* of(const Engine& engine) noexcept {
    WorkScope* scope = innermost;
    while (scope != nullptr && scope->engine_ != &engine) scope = scope->outer_;
    return scope;
  }

  Todo todo;

 private:
  static inline thread_local WorkScope* innermost = nullptr;
  const Engine* engine_;
  WorkScope* outer_;
};

}  // namespace inferqueue::core
