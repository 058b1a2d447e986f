// The seam between the queue and a runtime.
#pragma once

#include <exception>

#include "core/record.hpp"

namespace inferqueue::core {

/// Hears of completions. May be called from any thread, also from within Backend::start().
class CompletionSink {
 public:
  CompletionSink() = default;
  virtual ~CompletionSink() = default;
  CompletionSink(const CompletionSink&) = delete;
  CompletionSink& operator=(const CompletionSink&) = delete;
  CompletionSink(CompletionSink&&) = delete;
  CompletionSink& operator=(CompletionSink&&) = delete;

  /// The inference that was started on `slot` for request `run` ended: with a value, or with `error`. More than one
  /// completion of a run does no harm: the first counts.
  virtual void completed(SlotId slot, RequestId run, std::exception_ptr error) noexcept = 0;
};

/// Runs one inference at a time on each of a fixed number of slots.
///
/// The engine calls bind, start, collect and unbind of one slot never at the same time (unless the device completes
/// before start() has returned), but of different slots from any threads at once. Every record it passes was made for
/// this backend.
class Backend {
 public:
  Backend() = default;
  /// Returns only after every call of CompletionSink::completed() has returned.
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  Backend(Backend&&) = delete;
  Backend& operator=(Backend&&) = delete;

  virtual std::size_t size() const noexcept = 0;
  /// Called once, before anything is started.
  virtual void connect(CompletionSink& sink) = 0;

  /// Binds the record's inputs, the slot's own where it brings none. All or nothing: what throws leaves the slot with
  /// its own inputs.
  virtual void bind(SlotId slot, Record& record) = 0;
  /// Takes the memory of the outputs back from a record that nobody else holds, for the next run of its slot. Called
  /// with the engine's mutex held: it must be quick and must not call out.
  virtual void reclaim(SlotId slot, Record& previous) noexcept = 0;
  /// Begins the inference. Unless it throws, the sink hears of the completion, with the same `run`.
  virtual void start(SlotId slot, RequestId run) = 0;
  /// Asks the device to give up what runs on the slot, as far as it can: the completion comes all the same. Called from
  /// any thread while the slot runs, or has just ended but can't be started again.
  virtual void cancel(SlotId slot) noexcept = 0;
  /// True if the error of a request that was asked to be cancelled says that it was.
  virtual bool is_cancellation(const std::exception_ptr& error) const noexcept = 0;
  /// After a successful completion, still inside it: moves the outputs into the record.
  virtual void collect(SlotId slot, Record& record) = 0;
  /// After any completion (after collect), or a bind or start that threw: lets the record's inputs go, binds the slot's
  /// own again. Of a run that was abandoned only this is called, when the device completes it, if it ever does.
  virtual void unbind(SlotId slot, Record& record) noexcept = 0;
};

}  // namespace inferqueue::core
