// What a submission does where no slot is idle: policies, expiry, cancelling.
#include <atomic>
#include <chrono>
#include <latch>
#include <thread>
#include <vector>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using namespace std::chrono_literals;
using core::SlotId;
using Log = std::vector<std::string>;

SubmitOptions waits_in_line(std::uint64_t source = 0) {
  return {.backpressure = Backpressure::reject, .source = source};
}

class BackpressureTest : public EngineTest {
 protected:
  /// Completes slot 0 until nothing runs on it any more.
  void complete_all() {
    while (engine->snapshot(0).state == SlotState::running) backend->complete(0);
  }
};

TEST_F(BackpressureTest, RejectAcceptsWhatMayWaitAndRefusesTheRest) {
  make_engine(1, {.backpressure = Backpressure::reject, .max_pending = 2});
  for (int i = 0; i < 3; ++i) engine->submit(logged(i));
  EXPECT_EQ(code_of([&] { engine->submit(logged(3)); }), Errc::pending_full);
  EXPECT_EQ(engine->report().pending, 2U);
  EXPECT_EQ(engine->statistics().refused_full, 1U);
  complete_all();
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value"}));
  expect_all_slots_idle();
}

TEST_F(BackpressureTest, TheVeryFirstRequestGivesWayTooToALaterOneOfItsSource) {
  make_engine(1, {.backpressure = Backpressure::latest_per_source, .max_pending = 1});
  const core::SlotId slot = engine->acquire();
  EXPECT_EQ(engine->submit(logged(0)), 1U);
  engine->submit(logged(1));
  EXPECT_EQ(log(), Log{"0 dropped"});
  engine->release(slot);
  complete_all();
  EXPECT_EQ(log(), (Log{"0 dropped", "1 value"}));
}

TEST_F(BackpressureTest, DropOldestGivesTheLineToTheNewest) {
  make_engine(1, {.backpressure = Backpressure::drop_oldest, .max_pending = 2});
  for (int i = 0; i < 3; ++i) engine->submit(logged(i));
  EXPECT_EQ(log(), Log{});
  engine->submit(logged(3));
  EXPECT_EQ(log(), (Log{"1 dropped"})) << "at once";
  complete_all();
  EXPECT_EQ(log(), (Log{"1 dropped", "0 value", "2 value", "3 value"}));
  EXPECT_TRUE(engine->wait_all().empty()) << "what gave way is nobody's error";
  EXPECT_EQ(engine->statistics().dropped, 1U);
  EXPECT_EQ(engine->statistics().values, 3U);
  expect_all_slots_idle();
}

TEST_F(BackpressureTest, WhereNothingMayWaitThereIsNothingToDrop) {
  make_engine(1, {.backpressure = Backpressure::drop_oldest, .max_pending = 0});
  engine->submit(logged(0));
  EXPECT_EQ(code_of([&] { engine->submit(logged(1)); }), Errc::pending_full);
  complete_all();
}

TEST_F(BackpressureTest, TheLatestOfASourceTakesThePlaceOfItsEarlierOne) {
  make_engine(1, {.backpressure = Backpressure::latest_per_source, .max_pending = 2});
  engine->submit(logged(0), {.source = 1});
  engine->submit(logged(1), {.source = 1});
  engine->submit(logged(2), {.source = 2});
  engine->submit(logged(3), {.source = 1});  // although the line is full
  EXPECT_EQ(code_of([&] { engine->submit(logged(4), {.source = 3}); }), Errc::pending_full);
  complete_all();
  EXPECT_EQ(log(), (Log{"1 dropped", "0 value", "3 value", "2 value"})) << "a fast source isn't sent to the back";
}

TEST_F(BackpressureTest, TheLatestOfASourceDropsAllOfItsEarlierOnes) {
  make_engine(1, {.max_pending = 4});
  engine->submit(logged(0));
  for (int i = 1; i < 3; ++i) engine->submit(logged(i), waits_in_line(1));
  engine->submit(logged(3), waits_in_line(2));
  engine->submit(logged(4), {.backpressure = Backpressure::latest_per_source, .source = 1});
  EXPECT_EQ(log(), (Log{"1 dropped", "2 dropped"}));
  complete_all();
  EXPECT_EQ(log(), (Log{"1 dropped", "2 dropped", "0 value", "4 value", "3 value"}));
}

// User data that is destroyed by a refusal may ask the queue.
TEST_F(BackpressureTest, WhatIsRefusedIsLetGoWithoutTheMutex) {
  struct Asks {
    core::Engine* engine;
    std::size_t* unfinished;
    ~Asks() { *unfinished = engine->report().unfinished; }
  };
  make_engine(1, {.backpressure = Backpressure::reject, .max_pending = 0});
  engine->submit(logged(0));
  std::size_t unfinished = 0;
  auto refused = logged(1);
  refused->user_data = UserData(std::make_shared<Asks>(engine.get(), &unfinished));
  EXPECT_EQ(code_of([&] { engine->submit(std::move(refused)); }), Errc::pending_full);
  EXPECT_EQ(unfinished, 1U);
  complete_all();
}

TEST_F(BackpressureTest, ASubmissionMayHaveItsOwnPolicy) {
  make_engine(1, {.backpressure = Backpressure::reject, .max_pending = 1});
  engine->submit(logged(0));
  engine->submit(logged(1));
  engine->submit(logged(2), {.backpressure = Backpressure::drop_oldest});
  EXPECT_EQ(log(), (Log{"1 dropped"}));
  EXPECT_EQ(code_of([&] { engine->submit(logged(3), {.wait = {.timeout = 0s}, .backpressure = Backpressure::block}); }),
            Errc::timed_out);
  EXPECT_EQ(engine->statistics().refused_timed_out, 1U);
  complete_all();
}

TEST_F(BackpressureTest, ThreadsAndRequestsStandInOneLine) {
  make_engine(1);
  engine->submit(logged(0));
  engine->submit(logged(1), waits_in_line());
  std::thread blocked([&] { engine->submit(logged(2)); });
  wait_for_waiters(1);
  engine->submit(logged(3), waits_in_line());
  for (std::size_t starts = 1; starts <= 4; ++starts) {
    backend->wait_for_starts(starts);
    backend->complete(0);
  }
  blocked.join();
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value", "3 value"}));
}

TEST_F(BackpressureTest, WhatMayNotWaitStandsInLineUnderEveryPolicy) {
  make_engine(1, {.max_pending = 1});
  engine->submit(logged(0));
  engine->submit(logged(1), {}, core::Engine::MayWait::no);  // Backpressure::block
  EXPECT_EQ(code_of([&] { engine->submit(logged(2), {}, core::Engine::MayWait::no); }), Errc::pending_full);
  complete_all();
}

TEST_F(BackpressureTest, AHandlerThatSubmitsWhatDropsTheNextUsesNoStack) {
  make_engine(1, {.backpressure = Backpressure::drop_oldest, .max_pending = 1});
  engine->submit(record(0));
  int count = 0;
  LambdaHandler::OnError again = [&](FakeRecord&) {
    if (++count < 200000) engine->submit(record(1, nullptr, again));
  };
  for (int i = 0; i < 2; ++i) engine->submit(record(1, nullptr, again));
  EXPECT_EQ(count, 200000);
  complete_all();
}

// ---- expiry ---------------------------------------------------------------------------------------------------------

TEST_F(BackpressureTest, ARequestThatExpiresWhileItWaitsNeverRuns) {
  make_engine(1);
  engine->submit(logged(0));
  SubmitOptions late = waits_in_line();
  late.expires_after = 0s;
  engine->submit(logged(1), late);
  wait_for_log(1);  // although no slot comes free
  EXPECT_EQ(log(), (Log{"1 expired"}));
  complete_all();
  EXPECT_EQ(backend->wait_for_starts(1).size(), 1U);
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(engine->statistics().expired, 1U);
  expect_all_slots_idle();
}

TEST_F(BackpressureTest, ALaterExpiryDoesNotHoldUpAnEarlierOne) {
  make_engine(1);
  engine->submit(logged(0));
  SubmitOptions options = waits_in_line();
  options.expires_after = 1h;
  engine->submit(logged(1), options);
  options.expires_after = std::chrono::nanoseconds::max();
  engine->submit(logged(2), options);
  options.expires_after = 30ms;  // the one that watches looks at the line before
  engine->submit(logged(3), options);
  wait_for_log(1);
  EXPECT_EQ(log(), (Log{"3 expired"}));
  complete_all();
  EXPECT_EQ(log(), (Log{"3 expired", "0 value", "1 value", "2 value"}));
}

TEST_F(BackpressureTest, ASlotThatComesFreePassesOverWhatHasExpired) {
  make_engine(1);
  std::latch inside(1);
  std::latch go_on(1);
  engine->submit(logged(0));
  SubmitOptions late = waits_in_line();
  late.expires_after = 0s;
  // The thread that watches is busy with this one, and can't come first for the next.
  engine->submit(record(1, nullptr,
                        [&](FakeRecord&) {
                          inside.count_down();
                          go_on.wait();
                        }),
                 late);
  inside.wait();
  engine->submit(logged(2), late);
  engine->submit(logged(3), waits_in_line());
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"0 value", "2 expired"}));
  EXPECT_EQ(backend->wait_for_starts(2).size(), 2U) << "3 runs";
  complete_all();
  go_on.count_down();
  engine->wait_all();  // or the handler would wait on a latch that is gone
}

TEST_F(BackpressureTest, AnIdleSlotIsTakenHoweverShortTheTime) {
  make_engine(1);
  engine->submit(logged(0), {.expires_after = 0s});
  complete_all();
  EXPECT_EQ(log(), (Log{"0 value"}));
}

TEST_F(BackpressureTest, ABlockedSubmissionWaitsNoLongerThanItsRequestLives) {
  make_engine(1);
  engine->submit(logged(0));
  EXPECT_EQ(code_of([&] { engine->submit(logged(1), {.expires_after = 1ms}); }), Errc::timed_out);
  EXPECT_EQ(code_of([&] { engine->submit(logged(1), {.wait = {.timeout = 1ms}, .expires_after = 1h}); }),
            Errc::timed_out);
  complete_all();
  EXPECT_EQ(engine->statistics().accepted, 1U);
}

// ---- cancelling -----------------------------------------------------------------------------------------------------

TEST_F(BackpressureTest, WhatWaitsIsCancelledAtOnce) {
  make_engine(1);
  engine->submit(logged(0));
  engine->submit(logged(1), waits_in_line());
  const RequestId id = engine->submit(logged(2), waits_in_line());
  EXPECT_TRUE(engine->cancel(id));
  EXPECT_EQ(log(), (Log{"2 cancelled"}));
  EXPECT_FALSE(engine->cancel(id)) << "it has its outcome";
  EXPECT_FALSE(engine->cancel(id + 1)) << "unknown";
  complete_all();
  EXPECT_EQ(log(), (Log{"2 cancelled", "0 value", "1 value"}));
  EXPECT_FALSE(engine->cancel(1));
  EXPECT_TRUE(engine->wait_all().empty());
  expect_all_slots_idle();
}

TEST_F(BackpressureTest, TheDeviceIsAskedToCancelWhatRuns) {
  make_engine(2);
  std::vector<SlotId> asked;
  backend->on_cancel = [&](SlotId slot) { asked.push_back(slot); };
  std::vector<Errc> codes;
  const auto told = [&](FakeRecord& r) { codes.push_back(code_of_error(r.error)); };
  engine->submit(record(0, nullptr, told));
  const RequestId id = engine->submit(record(1, nullptr, told));
  EXPECT_TRUE(engine->cancel(id));
  EXPECT_EQ(asked, (std::vector<SlotId>{1}));
  backend->complete(1, std::make_exception_ptr(Cancelled()));
  EXPECT_EQ(codes, (std::vector<Errc>{Errc::cancelled}));
  EXPECT_EQ(engine->statistics().cancelled, 1U);
  backend->complete(0);
  expect_all_slots_idle();
}

TEST_F(BackpressureTest, WhatTheDeviceCompletesAllTheSameIsAValue) {
  make_engine(1);
  EXPECT_TRUE(engine->cancel(engine->submit(logged(0))));
  backend->complete(0);
  EXPECT_TRUE(engine->cancel(engine->submit(logged(1))));
  backend->complete(0, std::make_exception_ptr(std::runtime_error("another")));
  engine->submit(logged(2));  // nobody has asked for this one
  backend->complete(0, std::make_exception_ptr(Cancelled()));
  EXPECT_EQ(log(), (Log{"0 value", "1 error", "2 error"}));
  expect_all_slots_idle();
}

TEST_F(BackpressureTest, ASlotDoesNotGoOnWhileItsRunIsBeingCancelled) {
  make_engine(1);
  const RequestId id = engine->submit(logged(0));
  engine->submit(logged(1), waits_in_line());
  std::size_t starts_while_cancelling = 0;
  backend->on_cancel = [&](SlotId slot) {
    backend->complete(slot);
    starts_while_cancelling = backend->wait_for_starts(1).size();
    EXPECT_FALSE(engine->cancel(id)) << "it has ended";
  };
  EXPECT_TRUE(engine->cancel(id));
  EXPECT_EQ(starts_while_cancelling, 1U) << "or the next run would have been cancelled";
  EXPECT_EQ(backend->wait_for_starts(2).size(), 2U);
  complete_all();
  EXPECT_EQ(log(), (Log{"0 value", "1 value"}));
  expect_all_slots_idle();
}

TEST_F(BackpressureTest, ACallbackMayCancel) {
  make_engine(1);
  RequestId waits = 0;
  engine->submit(record(0, [&](FakeRecord&) {
    EXPECT_TRUE(engine->cancel(waits));
    EXPECT_EQ(log(), Log{}) << "callbacks don't nest";
  }));
  waits = engine->submit(logged(1), waits_in_line());
  backend->complete(0);
  EXPECT_EQ(log(), (Log{"1 cancelled"}));
  expect_all_slots_idle();
}

}  // namespace
}  // namespace inferqueue::testing
