// The order in which the outcomes of a source are delivered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/ref.hpp"
#include "core/record.hpp"
#include "core/record_list.hpp"

namespace inferqueue::core {

/// Lets the records of one source through one after another, in the order of their acceptance. Thread rules: guarded by
/// the engine's mutex.
///
/// Invariants, for each source:
///  1. Its records stand in a list from their acceptance until they are delivered.
///  2. Only the first of them is ever let through.
///  3. A record that has its outcome and is not the first is parked: this holds a reference to it.
///  4. A source without records is not kept, but for the memory of a few, for those that come.
class Sequencer {
 public:
  Sequencer() { spares_.reserve(most_spares); }
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;
  Sequencer(Sequencer&&) = delete;
  Sequencer& operator=(Sequencer&&) = delete;
  ~Sequencer() = default;

  /// The record takes the last place of its source. Throws std::bad_alloc, then nothing has changed.
  void accepted(Record& record, bool waits_for_slot);
  /// One that waited for a slot has one, or will never need one.
  void no_longer_waits(const Record& record) noexcept;
  bool is_first(const Record& record) const noexcept { return sources_.at(record.source).first == &record; }
  /// True while a record of this one's source waits for a slot. Who is parked must not keep a slot then: it might be
  /// the one that the other waits for.
  bool anyone_waits(const Record& record) const noexcept { return sources_.at(record.source).waiting != 0; }
  /// True where no source has records.
  bool empty() const noexcept { return sources_.empty(); }
  /// How many records of the source are parked that have run, and so may hold outputs.
  std::size_t parked(std::uint64_t source) const noexcept;

  /// The record has its outcome: it goes to `deliverable`, or is parked.
  void ready(base::Ref<Record> record, RecordList& deliverable) noexcept;
  /// The record is delivered, or was not accepted after all. The next of its source may follow.
  void done(const Record& record, RecordList& deliverable) noexcept;

 private:
  struct Source {
    Record* first = nullptr;
    Record* last = nullptr;
    std::size_t waiting = 0;
    std::size_t parked = 0;
  };

  using Sources = std::unordered_map<std::uint64_t, Source>;
  static constexpr std::size_t most_spares = 32;

  Source& find_or_add(std::uint64_t source);

  Sources sources_;
  std::vector<Sources::node_type> spares_;  // of sources that had no records any more
};

}  // namespace inferqueue::core
