#include "core/line.hpp"

#include <algorithm>

namespace inferqueue::core {

using base::Ref;

Line::~Line() {
  while (Record* record = oldest_record()) take(*record);
}

void Line::push(Waiter& waiter) noexcept {
  places_.push_back(waiter);
  ++waiters_;
}

void Line::push(Ref<Record> record, Record* before) noexcept {
  if (record->is_ahead) ++records_ahead_;
  places_.insert_before(before, *record.detach());
  ++records_;
}

void Line::remove(Waiter& waiter) noexcept {
  places_.erase(waiter);
  --waiters_;
}

Ref<Record> Line::take(Record& record) noexcept {
  places_.erase(record);
  --records_;
  if (record.is_ahead) --records_ahead_;
  return Ref<Record>::adopt(&record);
}

template <class Condition>
Record* Line::find_record(Condition condition) const noexcept {
  for (Place* place = first(); place != nullptr; place = next(*place)) {
    if (place->kind != Place::Kind::record) continue;
    auto* record = static_cast<Record*>(place);
    if (condition(*record)) return record;
  }
  return nullptr;
}

Record* Line::oldest_record() const noexcept {
  return find_record([](const Record&) { return true; });
}

Record* Line::oldest_pending() const noexcept {
  return find_record([](const Record& record) { return !record.is_ahead; });
}

Record* Line::find_source(std::uint64_t source, RequestId except) const noexcept {
  return find_record([&](const Record& record) { return record.source == source && record.id != except; });
}

Record* Line::find(RequestId id) const noexcept {
  return find_record([&](const Record& record) { return record.id == id; });
}

void Line::close_waiters() noexcept {
  for (Place* place = first(); place != nullptr;) {
    Place* const next = Line::next(*place);
    if (place->kind == Place::Kind::waiter) {
      auto& waiter = static_cast<Waiter&>(*place);
      remove(waiter);
      waiter.closed = true;
      waiter.bell->changed.notify_one();
    }
    place = next;
  }
}

Ref<Record> Line::take_expired(Clock::time_point now) noexcept {
  Record* const expired = find_record([&](const Record& record) { return record.expires <= now; });
  return expired != nullptr ? take(*expired) : Ref<Record>();
}

Clock::time_point Line::next_expiry() const noexcept {
  Clock::time_point next = Clock::time_point::max();
  find_record([&](const Record& record) {
    next = std::min(next, record.expires);
    return false;
  });
  return next;
}

}  // namespace inferqueue::core
