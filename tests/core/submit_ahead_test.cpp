// Backpressure::block with places in line for requests that are submitted ahead.
#include <chrono>
#include <latch>
#include <stop_token>
#include <thread>
#include <vector>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

class SubmitAhead : public EngineTest {
 protected:
  /// One slot, which runs request 0, and two requests in line: there is no place for another.
  void fill() {
    make_engine(1, {.submit_ahead = 2, .max_pending = 1});
    for (int i = 0; i < 3; ++i) engine->submit(logged(i));
  }
  /// Completes slot 0 so many times.
  void complete(int times) {
    for (; times > 0; --times) backend->complete(0);
  }
};

TEST_F(SubmitAhead, ReturnsBeforeThereIsASlotWhateverMayWaitOtherwise) {
  fill();
  EXPECT_EQ(engine->report().pending, 2U) << "max_pending is for what may not block";
  engine->submit(logged(3), {}, core::Engine::MayWait::no);
  EXPECT_EQ(code_of([&] { engine->submit(logged(4), {}, core::Engine::MayWait::no); }), Errc::pending_full);
  complete(4);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value", "3 value"}));
  expect_all_slots_idle();
}

TEST_F(SubmitAhead, CountsApartFromWhatMayNotBlock) {
  make_engine(1, {.submit_ahead = 2, .max_pending = 1});
  engine->submit(logged(0));
  engine->submit(logged(1), {.backpressure = Backpressure::reject});
  engine->submit(logged(2));
  engine->submit(logged(3));  // both have their place, whatever stands in line otherwise
  engine->submit(logged(4), {.backpressure = Backpressure::drop_oldest});
  EXPECT_EQ(log(), (Log{"1 dropped"})) << "not one that was submitted ahead";
  complete(4);
  EXPECT_EQ(log(), (Log{"1 dropped", "0 value", "2 value", "3 value", "4 value"}));
}

TEST_F(SubmitAhead, OneMoreBlocksUntilHalfOfThePlacesAreFree) {
  make_engine(1, {.submit_ahead = 4});
  for (int i = 0; i < 5; ++i) engine->submit(logged(i));
  std::thread blocked([&] {
    for (int i = 5; i < 7; ++i) engine->submit(logged(i));
  });
  wait_for_waiters(1);
  complete(1);
  const QueueReport report = engine->report();
  EXPECT_EQ(report.waiting, 1U) << "for one place nobody is woken";
  EXPECT_EQ(report.pending, 3U);
  complete(1);
  blocked.join();
  EXPECT_EQ(engine->report().pending, 4U) << "both have found a place";
  complete(5);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value", "3 value", "4 value", "5 value", "6 value"}));
  expect_all_slots_idle();
}

TEST_F(SubmitAhead, SeveralAreLetInAtOnceWhereThereArePlacesForThem) {
  make_engine(1, {.submit_ahead = 4});
  for (int i = 0; i < 5; ++i) engine->submit(record(i));
  std::vector<std::thread> blocked;
  for (int i = 0; i < 2; ++i) {
    blocked.emplace_back([&] { engine->submit(record(5)); });
    wait_for_waiters(static_cast<std::size_t>(i) + 1);
  }
  complete(2);
  for (std::thread& thread : blocked) thread.join();
  EXPECT_EQ(engine->report().pending, 4U);
  complete(5);
  expect_all_slots_idle();
}

TEST_F(SubmitAhead, NobodyPassesThoseWhoBlock) {
  fill();
  std::thread blocked([&] { engine->submit(logged(3)); });
  wait_for_waiters(1);
  complete(1);  // one of two places is free, and the one who blocks is let in
  blocked.join();
  std::thread next([&] { engine->submit(logged(4)); });
  wait_for_waiters(1);
  EXPECT_EQ(code_of([&] { engine->submit(logged(5), {.wait = {.timeout = 0s}}); }), Errc::timed_out);
  complete(1);
  next.join();
  complete(3);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value", "3 value", "4 value"}));
}

TEST_F(SubmitAhead, AWaitForAPlaceEndsAsEveryWait) {
  fill();
  EXPECT_EQ(code_of([&] { engine->submit(logged(3), {.wait = {.timeout = 1ms}}); }), Errc::timed_out);
  EXPECT_EQ(code_of([&] { engine->submit(logged(3), {.expires_after = 1ms}); }), Errc::timed_out);
  std::stop_source stop;
  std::thread blocked([&] {
    EXPECT_EQ(code_of([&] { engine->submit(logged(3), {.wait = {.stop = stop.get_token()}}); }), Errc::stopped);
  });
  wait_for_waiters(1);
  stop.request_stop();
  blocked.join();
  complete(3);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value"}));
  expect_all_slots_idle();
}

TEST_F(SubmitAhead, WhoGivesUpLetsInWhoStoodBehindHim) {
  make_engine(1, {.submit_ahead = 2});
  engine->submit(logged(0));
  std::stop_source stop;
  std::thread leases([&] { EXPECT_EQ(code_of([&] { engine->acquire({.stop = stop.get_token()}); }), Errc::stopped); });
  wait_for_waiters(1);
  std::thread blocked([&] { engine->submit(logged(1)); });  // there are places, but he must not pass the other
  wait_for_waiters(2);
  stop.request_stop();
  leases.join();
  blocked.join();
  complete(2);
  EXPECT_EQ(log(), (Log{"0 value", "1 value"}));
}

TEST_F(SubmitAhead, ACancelLetsInWhoStandsBehindALease) {
  make_engine(1, {.submit_ahead = 1});
  engine->submit(logged(0));
  engine->submit(logged(1), {.expires_after = 1ms});
  wait_for_log(1);  // the thread that watches is there now
  engine->submit(logged(2));
  std::stop_source stop;
  std::thread leases([&] { EXPECT_EQ(code_of([&] { engine->acquire({.stop = stop.get_token()}); }), Errc::stopped); });
  wait_for_waiters(1);
  std::thread blocked([&] { engine->submit(logged(3), {.expires_after = 1h}); });
  wait_for_waiters(2);
  EXPECT_TRUE(engine->cancel(3));  // the second that was accepted behind request 0
  blocked.join();
  stop.request_stop();
  leases.join();
  complete(2);
  EXPECT_EQ(log(), (Log{"1 expired", "2 cancelled", "0 value", "3 value"}));
}

TEST_F(SubmitAhead, ClosingWakesWhoBlocksAndRunsWhatStandsInLine) {
  fill();
  std::thread blocked([&] { EXPECT_EQ(code_of([&] { engine->submit(logged(3)); }), Errc::closed); });
  wait_for_waiters(1);
  std::thread closer([&] { engine->close(CloseMode::drain, {}); });
  blocked.join();
  complete(3);
  closer.join();
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value"}));
}

TEST_F(SubmitAhead, APlaceThatACancelFreesIsGivenOn) {
  fill();
  std::thread blocked([&] { engine->submit(logged(3)); });
  wait_for_waiters(1);
  EXPECT_TRUE(engine->cancel(2));
  blocked.join();
  complete(3);
  EXPECT_EQ(log(), (Log{"1 cancelled", "0 value", "2 value", "3 value"}));
}

TEST_F(SubmitAhead, APlaceThatAnExpiryFreesIsGivenOn) {
  make_engine(1, {.submit_ahead = 1});
  engine->submit(logged(0));
  engine->submit(logged(1), {.expires_after = 1ms});
  engine->submit(logged(2));  // blocks until then
  wait_for_log(1);            // told on the thread that watches
  complete(2);
  EXPECT_EQ(log(), (Log{"1 expired", "0 value", "2 value"}));
}

TEST_F(SubmitAhead, APlaceThatALaterOneOfTheSourceFreesIsGivenOn) {
  fill();
  std::thread blocked([&] { engine->submit(logged(3)); });
  wait_for_waiters(1);
  engine->submit(logged(4), {.backpressure = Backpressure::latest_per_source});
  blocked.join();
  complete(3);
  EXPECT_EQ(log(), (Log{"1 dropped", "2 dropped", "0 value", "4 value", "3 value"}));
  expect_all_slots_idle();
}

TEST_F(SubmitAhead, AFailedStartIsTheOutcomeOfItsRequest) {
  make_engine(1, {.submit_ahead = 1});
  engine->submit(logged(0));
  engine->submit(logged(1));
  backend->on_start = [](core::SlotId) { throw std::runtime_error("start"); };
  complete(1);
  EXPECT_EQ(log(), (Log{"0 value", "1 error"}));
  expect_all_slots_idle();
}

TEST_F(SubmitAhead, WhoLeasesStandsInLineWithThoseWhoBlock) {
  fill();
  std::thread leases([&] { engine->release(engine->acquire()); });
  wait_for_waiters(1);
  std::thread blocked([&] { engine->submit(logged(3)); });
  wait_for_waiters(2);
  complete(3);
  leases.join();
  blocked.join();
  backend->wait_for_starts(4);
  complete(1);
  EXPECT_EQ(log(), (Log{"0 value", "1 value", "2 value", "3 value"}));
  expect_all_slots_idle();
}

}  // namespace
}  // namespace inferqueue::testing
