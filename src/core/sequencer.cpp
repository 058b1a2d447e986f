#include "core/sequencer.hpp"

#include <utility>

namespace inferqueue::core {

using base::Ref;

void Sequencer::accepted(Record& record, bool waits_for_slot) {
  Source& source = find_or_add(record.source);
  (source.last != nullptr ? source.last->next_of_source : source.first) = &record;
  source.last = &record;
  if (waits_for_slot) ++source.waiting;
}

Sequencer::Source& Sequencer::find_or_add(std::uint64_t source) {
  const auto found = sources_.find(source);
  if (found != sources_.end()) return found->second;
  if (spares_.empty()) return sources_[source];
  spares_.back().key() = source;
  Source& added = sources_.insert(std::move(spares_.back())).position->second;
  spares_.pop_back();
  return added;
}

void Sequencer::no_longer_waits(const Record& record) noexcept {
  --sources_.at(record.source).waiting;
}

std::size_t Sequencer::parked(std::uint64_t source) const noexcept {
  const auto found = sources_.find(source);
  return found != sources_.end() ? found->second.parked : 0;
}

void Sequencer::ready(Ref<Record> record, RecordList& deliverable) noexcept {
  Source& source = sources_.at(record->source);
  if (source.first == record.get()) return deliverable.push(std::move(record));
  record->parked = true;
  if (record->slot != Record::no_slot) ++source.parked;
  static_cast<void>(record.detach());
}

void Sequencer::done(const Record& record, RecordList& deliverable) noexcept {
  const auto found = sources_.find(record.source);
  Source& source = found->second;
  const bool was_first = source.first == &record;
  Record* before = nullptr;
  Record* place = source.first;
  while (place != &record) before = std::exchange(place, place->next_of_source);
  (before != nullptr ? before->next_of_source : source.first) = record.next_of_source;
  if (source.last == &record) source.last = before;
  if (source.first == nullptr) {
    auto spare = sources_.extract(found);  // empty again: nothing of it is under way
    if (spares_.size() < most_spares) spares_.push_back(std::move(spare));
  } else if (was_first && source.first->parked) {
    if (source.first->slot != Record::no_slot) --source.parked;
    deliverable.push(Ref<Record>::adopt(source.first));
  }
}

}  // namespace inferqueue::core
