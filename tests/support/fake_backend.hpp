// A backend that obeys, lies and breaks on command, so that the queue's core is tested without a runtime.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/ref.hpp"
#include "core/backend.hpp"

namespace inferqueue::testing {

/// What is to go wrong with one request: the backend does it where it comes to it.
struct Faults {
  enum class Ends : std::uint8_t { with_value, with_error, as_cancelled };

  bool bind_throws = false;
  bool start_throws = false;            ///< before the run has begun
  bool start_throws_completed = false;  ///< when it has completed already, if it does so inside start
  bool collect_throws = false;
  Ends ends = Ends::with_value;  ///< with_error: a Fault; as_cancelled: Cancelled, although nobody may have asked
  bool inside_start = false;     ///< completes before start returns, on its thread
  bool twice = false;            ///< is completed once more, at the same time where there are device threads
  bool completes_earlier_again = false;  ///< as it starts, the slot's run before it is completed once more
  /// Takes long: is completed when the device's threads have nothing else to do, and while the device is stuck not at
  /// all, until it lets go.
  bool is_kept = false;
  bool obeys_cancel = false;  ///< is completed as cancelled when the device is asked to, at once if it is kept
};

/// What goes wrong on purpose, and with which request.
struct Fault : std::runtime_error {
  enum class Place : std::uint8_t { bind, start, device, again, collect, callback, error_callback };
  Fault(Place at, int of_input) : std::runtime_error("on purpose"), place(at), input(of_input) {}
  Place place;
  int input;
};

/// A request whose output is its input plus one.
class FakeRecord : public core::Record {
 public:
  int input = 0;
  Faults faults;
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
  /// Lets go, and completes what the device's threads have still to complete.
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
  Hook on_started;  ///< runs when the device has the run, and may have completed it; must not throw
  /// So many starts need no memory here.
  void reserve_starts(std::size_t count);
  /// Reports the completion of a started slot, on the calling thread.
  void complete(core::SlotId slot, std::exception_ptr error = nullptr);
  /// Reports a completion whatever the slot does: a lie. Of the latest run, or of `run`.
  void complete_wrongly(core::SlotId slot, std::optional<RequestId> run = std::nullopt);
  /// From now on every start completes before it returns.
  void complete_inside_start();
  /// From now on this many threads complete what is started, latest first, so out of order.
  void complete_on_threads(std::size_t threads);
  /// From now on the device doesn't complete what it keeps (Faults::is_kept).
  void get_stuck();
  /// Completes what it keeps, on the calling thread, and is stuck no longer.
  void let_go();
  /// Is called with the violations at the backend's end, after which nobody can ask for them.
  std::function<void(const std::vector<std::string>&)> at_end;
  /// Waits until `count` starts in all have happened, and returns the slots in their order.
  std::vector<core::SlotId> wait_for_starts(std::size_t count);

  /// True if the slot has a record's inputs.
  bool is_bound(core::SlotId slot) const;
  std::vector<std::string> violations() const;

 private:
  struct Slot {
    FakeRecord* record = nullptr;
    RequestId run = 0;
    std::shared_ptr<int> output = std::make_shared<int>(0);
    bool running = false;
    bool cancelled = false;
  };
  struct Due {
    core::SlotId slot;
    std::optional<RequestId> again = std::nullopt;  // a run that has been completed
    std::exception_ptr error = nullptr;             // as it was then: nobody knows which of the two is heard first
  };

  void expect(bool condition, const char* otherwise);
  bool begin(core::SlotId slot, const Faults& faults);
  bool finish(core::SlotId slot, RequestId& run, std::exception_ptr& error);
  void serve();

  core::CompletionSink* sink_ = nullptr;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Slot> slots_;
  std::vector<core::SlotId> starts_;
  std::vector<Due> to_complete_;
  std::deque<core::SlotId> kept_;
  std::vector<std::string> violations_;
  std::vector<std::thread> threads_;
  bool inside_start_ = false;
  bool stuck_ = false;
  bool stopping_ = false;
};

}  // namespace inferqueue::testing
