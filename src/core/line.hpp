// What waits for a slot: threads, and accepted requests. First come, first served.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/bell.hpp"
#include "core/record.hpp"
#include "core/record_list.hpp"

namespace inferqueue::core {

/// Somebody who blocks until a slot is handed over. Lives on the stack of the thread that waits.
struct Waiter : Place {
  Waiter(std::optional<std::uint64_t> to_submit, base::Ref<Bell> its_bell)
      : Place(Kind::waiter), source(to_submit), bell(std::move(its_bell)) {}
  const std::optional<std::uint64_t> source;  ///< of what it submits: it will soon start or release the slot
  const base::Ref<Bell> bell;
  std::optional<SlotId> slot;
  bool let_in = false;  ///< its record may stand in line, where a place is kept for it
  bool closed = false;
};

/// Thread rules: guarded by the engine's mutex. Holds a reference to each record. Nothing here needs memory.
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  Line(Line&&) = delete;
  Line& operator=(Line&&) = delete;
  ~Line();

  bool empty() const noexcept { return places_.empty(); }
  std::size_t records() const noexcept { return records_; }
  std::size_t records_ahead() const noexcept { return records_ahead_; }
  /// Those that QueueOptions::max_pending bounds.
  std::size_t records_pending() const noexcept { return records_ - records_ahead_; }
  std::size_t waiters() const noexcept { return waiters_; }

  void push(Waiter& waiter) noexcept;
  /// At the end, or before another record.
  void push(base::Ref<Record> record, Record* before = nullptr) noexcept;
  void remove(Waiter& waiter) noexcept;
  base::Ref<Record> take(Record& record) noexcept;

  /// The first in line, a record or a waiter, which stays where it is; null where nothing waits.
  Place* first() const noexcept { return places_.first(); }
  /// Who comes after; null for the last.
  static Place* next(const Place& place) noexcept { return PlaceList::next(place); }
  /// Null where there is none.
  Record* oldest_record() const noexcept;
  Record* oldest_pending() const noexcept;
  /// The first of that source; not request `except`.
  Record* find_source(std::uint64_t source, RequestId except = 0) const noexcept;
  Record* find(RequestId id) const noexcept;
  /// Tells every waiter that the queue is closed, and lets them go.
  void close_waiters() noexcept;
  /// Takes a record whose time is over; null where there is none.
  base::Ref<Record> take_expired(Clock::time_point now) noexcept;
  /// When the next one expires; time_point::max() where none does.
  Clock::time_point next_expiry() const noexcept;

 private:
  template <class Condition>
  Record* find_record(Condition condition) const noexcept;

  PlaceList places_;
  std::size_t records_ = 0;
  std::size_t records_ahead_ = 0;  // of these
  std::size_t waiters_ = 0;
};

}  // namespace inferqueue::core
