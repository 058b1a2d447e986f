// What happens where no memory is left, at each place where the engine asks for some. A program of its own, because
// scarce_memory.cpp replaces operator new.
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

#include "core/scarce_memory.hpp"
#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

/// Counts what it hears, without any memory.
class CountingHandler final : public core::Handler {
 public:
  void on_value(core::Record& /*record*/) const override { ++values; }
  bool on_error(core::Record& record) const override {
    ++errors;
    outcome = record.outcome;
    EXPECT_TRUE(record.error) << "of its own, or that there was no memory for one";
    return true;
  }
  mutable int values = 0;
  mutable int errors = 0;
  mutable Outcome outcome = Outcome::value;
};

class OutOfMemory : public EngineTest, public ::testing::WithParamInterface<bool> {
 protected:
  QueueOptions options() const { return {.max_pending = 10, .in_order = GetParam()}; }
  static base::Ref<FakeRecord> counted(std::shared_ptr<const CountingHandler> handler) {
    auto made = base::make_ref<FakeRecord>();
    made->handler = std::move(handler);
    return made;
  }
};

TEST_P(OutOfMemory, ASubmissionThatFailsKeepsNothing) {
  make_engine(2, options());
  const auto handler = std::make_shared<CountingHandler>();
  int failures = 0;
  for (int room = 0;; ++room) {
    auto record = counted(handler);
    const std::uint64_t before = engine->statistics().accepted;
    bool is_refused = false;
    {
      const MemoryFor memory(room);
      try {
        engine->submit(std::move(record), {.source = static_cast<std::uint64_t>(room)});
      } catch (const std::bad_alloc&) {
        is_refused = true;
      }
      if (!is_refused && !MemoryFor::has_run_out()) break;
    }
    ++failures;
    if (is_refused) {
      EXPECT_EQ(engine->statistics().accepted, before);
      EXPECT_EQ(engine->statistics().unfinished, 0U);
    } else if (engine->statistics().unfinished > 0) {
      backend->complete(engine->report().slots[0].state == SlotState::running ? 0 : 1);
    }
    expect_all_slots_idle();
  }
  EXPECT_GT(failures, 0) << "nothing has asked for memory";
  backend->complete(engine->report().slots[0].state == SlotState::running ? 0 : 1);
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(handler->values, static_cast<int>(engine->statistics().values));
  expect_all_slots_idle();
}

TEST_P(OutOfMemory, WhatWasAcceptedHasItsOutcomeAllTheSame) {
  make_engine(1, options());
  const auto handler = std::make_shared<CountingHandler>();
  constexpr int all = 4;
  for (int i = 0; i < all; ++i) engine->submit(counted(handler), {.backpressure = Backpressure::reject});
  {
    const MemoryFor nothing(0);  // to collect, to start what waits, to say what went wrong, to deliver
    backend->complete(0);
  }
  // The backend could not start the next without memory: each has failed in turn.
  EXPECT_TRUE(MemoryFor::has_run_out());
  EXPECT_EQ(handler->values, 1);
  EXPECT_EQ(handler->errors, all - 1);
  EXPECT_EQ(handler->outcome, Outcome::error);
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

TEST_P(OutOfMemory, EveryOtherOutcomeNeedsNoneEither) {
  make_engine(1, options());
  const auto handler = std::make_shared<CountingHandler>();
  engine->submit(counted(handler));
  std::vector<RequestId> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(engine->submit(counted(handler), {.backpressure = Backpressure::reject}));
  {
    const MemoryFor nothing(0);
    EXPECT_TRUE(engine->cancel(ids[1]));
    engine->close(CloseMode::drain, {.timeout = std::chrono::nanoseconds(0)});
  }
  EXPECT_TRUE(MemoryFor::has_run_out()) << "the errors' messages ask for some";
  EXPECT_EQ(handler->errors, 4);
  EXPECT_EQ(engine->statistics().cancelled, 3U);
  EXPECT_EQ(engine->statistics().abandoned, 1U);
  backend->complete(0);
  EXPECT_EQ(engine->statistics().held, 0U);
}

TEST_P(OutOfMemory, AnErrorThatNobodyHearsIsKeptAllTheSame) {
  make_engine(1, options());
  const auto error = std::make_exception_ptr(std::runtime_error("unheard"));
  for (int round = 0; round < 2; ++round) {  // the second time after all were taken
    engine->submit(base::make_ref<FakeRecord>());
    {
      const MemoryFor nothing(0);
      backend->complete(0, error);
    }
    EXPECT_EQ(engine->wait_all().size(), 1U);
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, OutOfMemory, ::testing::Bool(),
                         [](const auto& named) { return named.param ? "InOrder" : "AsTheyCome"; });

}  // namespace
}  // namespace inferqueue::testing
