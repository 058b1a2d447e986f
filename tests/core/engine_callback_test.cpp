// What callbacks may do: submit without ever blocking, and be refused where they would wait.
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include <inferqueue/error.hpp>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using core::SlotId;

TEST_F(EngineTest, SubmissionFromACallbackRunsOnTheSlotThatTheCallbackFrees) {
  make_engine(1);
  std::vector<int> seen;
  LambdaHandler::OnValue next = [&](FakeRecord& r) {
    seen.push_back(r.input);
    if (r.input < 5) engine->submit(record(r.input + 1, next));
  };
  engine->submit(record(0, next));
  for (int i = 0; i <= 5; ++i) backend->complete(0);
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3, 4, 5}));
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

TEST_F(EngineTest, SubmissionFromACallbackTakesAnIdleSlotAtOnce) {
  make_engine(2);
  engine->submit(record(0, [&](FakeRecord&) {
    engine->submit(record(1));
    EXPECT_EQ(backend->wait_for_starts(2), (std::vector<SlotId>{0, 1}));
  }));
  backend->complete(0);
  backend->complete(1);
  expect_all_slots_idle();
}

TEST_F(EngineTest, ALongChainOnABackendThatCompletesAtOnceUsesNoStack) {
  make_engine(1);
  backend->complete_inside_start();
  int count = 0;
  LambdaHandler::OnValue next = [&](FakeRecord&) {
    if (++count < 200000) engine->submit(record(0, next));
  };
  engine->submit(record(0, next));
  EXPECT_EQ(count, 200000);
  expect_all_slots_idle();
}

TEST_F(EngineTest, AcceptedRequestsThatWaitAreBounded) {
  make_engine(1, {.max_pending = 2});
  Errc third = Errc::closed;
  engine->submit(record(0, [&](FakeRecord&) {
    engine->submit(record(1));
    engine->submit(record(2));
    third = code_of([&] { engine->submit(record(3)); });
  }));
  for (int i = 0; i < 3; ++i) backend->complete(0);
  EXPECT_EQ(third, Errc::pending_full);
  EXPECT_EQ(backend->wait_for_starts(3).size(), 3U);
  EXPECT_TRUE(engine->wait_all().empty());
}

TEST_F(EngineTest, WaitingInACallbackIsRefused) {
  make_engine(1);
  std::vector<Errc> codes;
  engine->submit(record(0, [&](FakeRecord&) {
    codes.push_back(code_of([&] { engine->wait_all(); }));
    codes.push_back(code_of([&] { engine->acquire(); }));
    codes.push_back(code_of([&] { engine->wait_for_idle(); }));
    EXPECT_FALSE(engine->try_acquire());
  }));
  backend->complete(0);
  EXPECT_EQ(codes, (std::vector<Errc>(3, Errc::would_deadlock)));
  expect_all_slots_idle();
}

TEST_F(EngineTest, ACallbackOfAnotherQueueMustNotWaitEither) {
  make_engine(1);
  core::Engine other(std::make_unique<FakeBackend>(1), {});
  const SlotId taken = other.acquire();
  Errc code = Errc::closed;
  engine->submit(record(0, [&](FakeRecord&) { code = code_of([&] { other.acquire(); }); }));
  backend->complete(0);
  EXPECT_EQ(code, Errc::would_deadlock);
  other.release(taken);
}

TEST_F(EngineTest, ABlockedSubmitterIsNotOvertakenByLaterCallbacks) {
  make_engine(1);
  std::atomic<bool> came{false};
  LambdaHandler::OnValue next = [&](FakeRecord&) {
    if (!came) engine->submit(record(0, next));
  };
  engine->submit(record(0, next));
  std::thread submitter([&] { engine->submit(record(7, [&](FakeRecord&) { came = true; })); });
  // The chain has always something in line: it would go on for ever if that always came first.
  for (std::size_t starts = 1; !came; ++starts) {
    backend->wait_for_starts(starts);
    backend->complete(0);
  }
  submitter.join();
  while (engine->snapshot(0).state == SlotState::running) backend->complete(0);
  EXPECT_TRUE(engine->wait_all().empty());
}

TEST_F(EngineTest, AnAcceptedRequestWhoseBindFailsLaterHasAnErrorAsItsOutcome) {
  make_engine(1);
  bool fail = false;
  backend->on_bind = [&](SlotId) {
    if (fail) throw std::runtime_error("bind");
  };
  int ran_after = 0;
  engine->submit(record(0, [&](FakeRecord&) {
    engine->submit(record(1));
    engine->submit(record(2, [&](FakeRecord&) { ++ran_after; }));
    fail = true;
    backend->on_bind = [&, first = true](SlotId) mutable {
      if (std::exchange(first, false)) throw std::runtime_error("bind");
    };
  }));
  backend->complete(0);
  backend->complete(0);
  EXPECT_EQ(ran_after, 1);
  EXPECT_EQ(message_of<std::runtime_error>(engine->wait_all().at(0)), "bind");
  expect_all_slots_idle();
}

TEST_F(EngineTest, AnAcceptedRequestWhoseStartFailsLaterHasAnErrorAsItsOutcome) {
  make_engine(1);
  engine->submit(record(0, [&](FakeRecord&) {
    engine->submit(record(1));
    backend->on_start = [](SlotId) { throw std::runtime_error("start"); };
  }));
  backend->complete(0);
  EXPECT_EQ(message_of<std::runtime_error>(engine->wait_all().at(0)), "start");
  expect_all_slots_idle();
}

TEST_F(EngineTest, AReleasedLeaseRunsWhatStandsInLine) {
  make_engine(2);
  const SlotId leased = engine->acquire();
  engine->submit(record(0, [&](FakeRecord&) {
    engine->submit(record(1));
    engine->submit(record(2));
  }));
  backend->complete(1);  // its callback fills the line: 1 runs on slot 1, 2 waits
  engine->release(leased);
  EXPECT_EQ(backend->wait_for_starts(3), (std::vector<SlotId>{1, 1, 0}));
  backend->complete(0);
  backend->complete(1);
  expect_all_slots_idle();
}

// Its outcome is the other engine's own business, although this thread works for the first.
TEST_F(EngineTest, ACallbackMaySubmitToAnotherEngineThatCompletesAtOnce) {
  make_engine(1);
  auto owned = std::make_unique<FakeBackend>(1);
  FakeBackend& others_backend = *owned;
  core::Engine other(std::move(owned), {});
  others_backend.complete_inside_start();
  int seen = 0;
  engine->submit(record(1, [&](FakeRecord&) {
    other.submit(record(7, [&](FakeRecord& r) { seen = *r.output; }));
    EXPECT_EQ(seen, 8) << "when its submission has returned";
  }));
  backend->complete(0);
  EXPECT_EQ(seen, 8);
  EXPECT_EQ(others_backend.violations(), std::vector<std::string>{});
  EXPECT_TRUE(other.wait_all().empty());
}

}  // namespace
}  // namespace inferqueue::testing
