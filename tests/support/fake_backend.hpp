// A backend that obeys, lies and breaks on command, so that the queue's core is tested without a runtime.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/ref.hpp"
#include "core/backend.hpp"

namespace inferqueue::testing {

/// A request whose output is its input plus one.
class FakeRecord final : public core::Record {
 public:
  int input = 0;
  std::shared_ptr<int> output;
};

/// What a device says of a run that it has given up.
struct Cancelled : std::exception {};

/// Slots that run when they are told to. Records every breach of the seam's contract by the engine in violations().
/// Thread rules: every member from any thread.
class FakeBackend final : public core::Backend {
 public:
  /// Runs where a call of the engine happens, on its thread, before the call takes effect; may throw.
  using Hook = std::function<void(core::SlotId)>;

  explicit FakeBackend(std::size_t slots) : slots_(slots) {}
  ~FakeBackend() override;

  // ---- the seam
  std::size_t size() const noexcept override { return slots_.size(); }
  void connect(core::CompletionSink& sink) override { sink_ = &sink; }
  void bind(core::SlotId slot, core::Record& record) override;
  void reclaim(core::SlotId slot, core::Record& previous) noexcept override;
  void start(core::SlotId slot, RequestId run) override;
  void cancel(core::SlotId slot) noexcept override;
  bool is_cancellation(const std::exception_ptr& error) const noexcept override;
  void collect(core::SlotId slot, core::Record& record) override;
  void unbind(core::SlotId slot, core::Record& record) noexcept override;

  // ---- commands; hooks are set before anything is submitted
  Hook on_bind, on_start, on_collect, on_cancel;
  /// Reports the completion of a started slot, on the calling thread.
  void complete(core::SlotId slot, std::exception_ptr error = nullptr);
  /// Reports a completion whatever the slot does: a lie. Of the latest run, or of `run`.
  void complete_wrongly(core::SlotId slot, std::optional<RequestId> run = std::nullopt);
  /// From now on every start completes before it returns.
  void complete_inside_start();
  /// From now on this many threads complete what is started, latest first, so out of order.
  void complete_on_threads(std::size_t threads);
  /// Waits until `count` starts in all have happened, and returns the slots in their order.
  std::vector<core::SlotId> wait_for_starts(std::size_t count);

  std::vector<std::string> violations() const;

 private:
  struct Slot {
    FakeRecord* record = nullptr;
    RequestId run = 0;
    std::shared_ptr<int> output = std::make_shared<int>(0);
    bool running = false;
  };

  void expect(bool condition, const char* otherwise);
  void serve();

  core::CompletionSink* sink_ = nullptr;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Slot> slots_;
  std::vector<core::SlotId> starts_;
  std::vector<core::SlotId> to_complete_;
  std::vector<std::string> violations_;
  std::vector<std::thread> threads_;
  bool inside_start_ = false;
  bool stopping_ = false;
};

}  // namespace inferqueue::testing
