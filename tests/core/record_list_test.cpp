// The lists and the order of records, by themselves.
#include "core/record_list.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/bell.hpp"
#include "core/sequencer.hpp"

namespace inferqueue::core {
namespace {

struct Counted : Record {
  explicit Counted(int& counter) : alive(counter) { ++alive; }
  ~Counted() override { --alive; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  Counted(Counted&&) = delete;
  Counted& operator=(Counted&&) = delete;
  int& alive;
};

TEST(RecordList, LetsGoOfWhatItStillHolds) {
  int alive = 0;
  {
    RecordList list;
    for (int i = 0; i < 3; ++i) list.push(base::make_ref<Counted>(alive));
    EXPECT_EQ(alive, 3);
  }
  EXPECT_EQ(alive, 0);
}

TEST(RecordList, ATodoLetsGoOfWhatWasToStartToo) {
  int alive = 0;
  {
    Todo todo;
    for (int i = 0; i < 3; ++i) todo.push_start(base::make_ref<Counted>(alive));
    todo.push(base::make_ref<Counted>(alive));
    EXPECT_EQ(alive, 4);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Sequencer, KeepsNoSourceWithoutRecords) {
  Sequencer sequencer;
  RecordList deliverable;
  for (std::uint64_t source = 0; source < 3; ++source) {
    const auto record = base::make_ref<Record>();
    record->source = source;
    sequencer.accepted(*record, false);
    EXPECT_FALSE(sequencer.empty());
    sequencer.ready(record, deliverable);
    EXPECT_EQ(deliverable.pop().get(), record.get());
    sequencer.done(*record, deliverable);
    EXPECT_TRUE(sequencer.empty());
  }
}

TEST(BellsTest, AreUsedAgain) {
  Bells bells;
  base::Ref<Bell> first = bells.take();
  Bell* const its = first.get();
  bells.give_back(std::move(first));
  const base::Ref<Bell> again = bells.take();
  EXPECT_EQ(again.get(), its);
  EXPECT_NE(bells.take().get(), its);
}

TEST(BellsTest, ManyOfThemUseNoStack) {
  Bells bells;
  std::vector<base::Ref<Bell>> taken;
  for (int i = 0; i < 1'000'000; ++i) taken.push_back(bells.take());
  while (!taken.empty()) {
    bells.give_back(std::move(taken.back()));
    taken.pop_back();
  }
}

}  // namespace
}  // namespace inferqueue::core
