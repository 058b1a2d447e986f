// What the engine knows of one request. A backend derives from it to add what it binds and collects.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>

#include <inferqueue/options.hpp>
#include <inferqueue/user_data.hpp>

#include "base/clock.hpp"
#include "base/ref.hpp"
#include "core/place.hpp"

namespace inferqueue::core {

using base::Clock;
using SlotId = std::size_t;
/// Numbers the spans between two calls of wait_all(); see ledger.hpp.
using Generation = std::uint64_t;

class Record;

/// What happens with a request's outcome: user code behind an interface. Fixed for a request when it is accepted.
/// Called without any lock; may throw.
class Handler {
 public:
  Handler() = default;
  virtual ~Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  Handler(Handler&&) = delete;
  Handler& operator=(Handler&&) = delete;

  virtual void on_value(Record& record) const = 0;
  /// Any other outcome, and what on_value() threw. Returns false if nobody listens: then the ledger keeps an error.
  virtual bool on_error(Record& record) const = 0;
  /// True if this must not run on a thread of the runtime, nor on one that submits or cancels.
  virtual bool wants_own_thread() const noexcept { return false; }
};

/// One request. Thread rules: the submitting thread fills in the first part and gives the record to the engine; from
/// then on only the engine writes, until the outcome; afterwards nobody does, except a callback, to its user data.
class Record : public base::RefCounted, public Place {
 public:
  static constexpr SlotId no_slot = std::numeric_limits<SlotId>::max();  ///< as Request::no_slot
  /// Where the engine's work on a record goes on that has run or will not; see Engine::work().
  enum class Step : std::uint8_t { unload, hand_over };

  Record() : Place(Kind::record) {}

  /// Called with the engine's mutex held when the record is about to be accepted: the last moment to choose its
  /// handler. Must not run user code; what it throws refuses the record.
  virtual void on_acceptance() {}

  UserData user_data;
  std::shared_ptr<const Handler> handler;  ///< until the outcome is delivered
  std::shared_ptr<const Handler> retired;  ///< the one that on_acceptance() has replaced; let go without the mutex

  RequestId id = 0;
  SlotId slot = no_slot;  ///< that runs or ran it
  std::uint64_t source = 0;
  Generation generation = 0;
  Clock::time_point submitted;
  Clock::time_point expires = Clock::time_point::max();
  Clock::time_point started;    ///< just before the runtime was told to start
  Clock::time_point completed;  ///< when the runtime reported completion, before any callback
  Outcome outcome = Outcome::value;
  std::exception_ptr error;  ///< set unless the outcome is a value

  Step step = Step::unload;
  bool is_ahead = false;          ///< stands in line by QueueOptions::submit_ahead
  bool own_thread = false;        ///< is delivered on a thread of the queue's own
  bool holds_slot = false;        ///< its slot waits for its callback to return
  bool in_backlog = false;        ///< it has left its slot to be delivered on a thread of the queue's own
  bool posted = false;            ///< is with the queue's own threads, or was
  bool cancel_requested = false;  ///< the device was asked to cancel it
  bool abandoned = false;         ///< its outcome came without the device
  // For Todo.
  Record* next_to_start = nullptr;
  // For Sequencer.
  bool parked = false;
  Record* next_of_source = nullptr;
};

}  // namespace inferqueue::core
