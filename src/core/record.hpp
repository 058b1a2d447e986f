// What the engine knows of one request. A backend derives from it to add what it binds and collects.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>

#include <inferqueue/options.hpp>
#include <inferqueue/user_data.hpp>

#include "base/ref.hpp"

namespace inferqueue::core {

using Clock = std::chrono::steady_clock;
using SlotId = std::size_t;
/// Numbers the spans between two calls of wait_all(); see ledger.hpp.
using Generation = std::uint64_t;

class Record;

/// What happens with a request's outcome: user code behind an interface. Fixed for a request when it is accepted.
/// Called without any lock, on the thread that completed the request; may throw.
class Handler {
 public:
  Handler() = default;
  virtual ~Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  Handler(Handler&&) = delete;
  Handler& operator=(Handler&&) = delete;

  virtual void on_value(Record& record) const = 0;
  /// Returns false if nobody listens for errors: then the ledger keeps this one.
  virtual bool on_error(Record& record) const = 0;
};

/// One request. Thread rules: the submitting thread fills it in and gives it to the engine; from then on only the
/// engine writes, until the outcome; afterwards nobody does, except a callback, to its user data.
class Record : public base::RefCounted {
 public:
  RequestId id = 0;
  SlotId slot = 0;
  Generation generation = 0;
  UserData user_data;
  std::shared_ptr<const Handler> handler;
  Clock::time_point started;    ///< just before the runtime was told to start
  Clock::time_point completed;  ///< when the runtime reported completion, before any callback
  std::exception_ptr error;     ///< set if the outcome is an error
};

}  // namespace inferqueue::core
