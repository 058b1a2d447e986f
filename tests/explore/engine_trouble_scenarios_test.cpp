// What goes wrong, what ends a wait, and the end of the engine, in every order in which they may meet the rest.
#include <chrono>
#include <stdexcept>
#include <utility>

#include "explore/stage.hpp"

namespace inferqueue::explore {
namespace {

using base::Thread;
using core::SlotId;
using namespace std::chrono_literals;

/// Throws in its first call.
ExploredBackend::Hook throw_once() {
  return [is_first = true](SlotId) mutable {
    if (std::exchange(is_first, false)) throw std::runtime_error("of the runtime");
  };
}

/// True if a slot was acquired, and released, before the time was over.
bool acquire_within(core::Engine& engine, std::chrono::nanoseconds timeout) {
  try {
    engine.release(engine.acquire({.timeout = timeout}));
    return true;
  } catch (const TimeoutError&) {
    return false;
  }
}

// ---- faults of the runtime and of callbacks

TEST(TroubleScenario, ARunThatIsReportedTwice) {
  expect_holds(
      [] {
        Stage stage(1);
        const Request& request = stage.submit();
        {
          const Thread one([&] { stage.backend().complete(0); });
          const Thread other([&] { stage.backend().complete(0); });
          stage.wait_all({&request});
        }
        stage.finish();
      },
      small);
}

TEST(TroubleScenario, ARunThatIsReportedTwiceToAThreadOfTheQueue) {
  expect_holds([] {
    Stage stage(1, {.callback_threads = 1});
    const Request& request = stage.submit();
    {
      const Thread one([&] { stage.backend().complete(0); });
      const Thread other([&] { stage.backend().complete(0); });
      stage.wait_all({&request});
    }
    stage.finish();
  });
}

TEST(TroubleScenario, AStartThatThrows) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().on_start = throw_once();
    stage.backend().add_device_thread();
    {
      const Thread one([&] { stage.submit(); });
      const Thread other([&] { stage.submit(); });
      stage.wait_all({});
    }
    stage.finish();
  });
}

TEST(TroubleScenario, AStartThatThrowsWhileSomebodyWaitsForAll) {
  expect_holds(
      [] {
        Stage stage(1);
        stage.backend().on_start = throw_once();
        {
          const Thread one([&] { stage.submit(); });
          stage.wait_all({});
        }
        stage.finish();
      },
      small);
}

TEST(TroubleScenario, AStartFromTheLineThatThrows) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().add_device_thread();
    std::size_t errors = 0;
    {
      const Thread other([&] { stage.submit(); });
      const Request& request = stage.submit([&] {
        stage.backend().on_start = throw_once();
        stage.submit();  // may be in line; then its error is an outcome
      });
      errors += stage.wait_all({&request});
    }
    errors += stage.wait_all({});
    check(errors <= 1, "one error has come twice");
    stage.finish();
  });
}

TEST(TroubleScenario, ACollectThatThrows) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().on_collect = throw_once();
    stage.backend().add_device_thread();
    std::size_t errors = 0;
    {
      const Thread other([&] { stage.submit(); });
      const Request& request = stage.submit();
      errors += stage.wait_all({&request});
    }
    stage.expect_errors(1 - errors);
    stage.finish();
  });
}

TEST(TroubleScenario, ACallbackThatThrows) {
  expect_holds([] {
    Stage stage(2);
    stage.backend().add_device_thread();
    std::size_t errors = 0;
    {
      const Thread one([&] {
        const Request& request = stage.submit([] { throw std::runtime_error("of the callback"); });
        errors += stage.wait_all({&request});
      });
      const Request& request = stage.submit();
      errors += stage.wait_all({&request});
    }
    stage.expect_errors(1 - errors);
    stage.finish();
  });
}

// ---- waits that end

TEST(TroubleScenario, AWaitThatIsOverAsTheSlotComes) {
  expect_holds(
      [] {
        Stage stage(1);
        const SlotId slot = stage.engine().acquire();
        {
          const Thread limited([&] { acquire_within(stage.engine(), 1s); });
          const Thread unlimited([&] { stage.engine().release(stage.engine().acquire()); });
          stage.engine().release(slot);
        }
        stage.finish();
      },
      small);
}

TEST(TroubleScenario, TwoWaitsThatEndAtDifferentTimes) {
  expect_holds(
      [] {
        Stage stage(1);
        const SlotId slot = stage.engine().acquire();
        {
          const Thread shorter([&] { check(!acquire_within(stage.engine(), 1s), "there was no slot"); });
          const Thread longer([&] { check(!acquire_within(stage.engine(), 2s), "there was no slot"); });
        }
        stage.engine().release(slot);
        stage.finish();
      },
      small);
}

TEST(TroubleScenario, ASubmissionThatIsGivenUpAsTheSlotComes) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().add_device_thread();
    {
      const Thread one([&] { stage.submit(); });
      const Request& request = stage.submit(nullptr, {.wait = {.timeout = 1s}});
      check(request.is_accepted || request.refusal == Errc::timed_out, "refused for another reason");
      stage.wait_all({&request});
    }
    stage.finish();
  });
}

TEST(TroubleScenario, AWaitForAllThatIsOverAsTheLastCompletes) {
  expect_holds(
      [] {
        Stage stage(1);
        stage.backend().add_device_thread();
        const Request& request = stage.submit();
        {
          const Thread one([&] { stage.wait_all({&request}); });
          try {
            stage.engine().wait_all({.timeout = 1s});
            check(request.has_returned, "wait_all() returned before the callback had");
          } catch (const TimeoutError&) {
          }
        }
        stage.finish();
      },
      small);
}

// ---- the end

TEST(TroubleScenario, ShuttingDownBesideLeases) {
  expect_holds(
      [] {
        Stage stage(1);
        const auto lease = [&] {
          try {
            stage.engine().release(stage.engine().acquire());
          } catch (const Error& error) {
            check(error.code() == Errc::closed, error.what());
          }
        };
        {
          const Thread one(lease);
          const Thread other(lease);
          stage.engine().close(CloseMode::drain, {});
        }
        stage.finish_closed();
      },
      small);
}

TEST(TroubleScenario, ShuttingDownInFlight) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().add_device_thread();
    {
      const Thread one([&] { stage.submit([&] { stage.submit(); }); });
      const Thread other([&] {
        const Request& request = stage.submit();
        check(request.is_accepted || request.refusal == Errc::closed, "refused for another reason");
      });
      stage.engine().close(CloseMode::drain, {});
    }
    stage.finish_closed();
  });
}

TEST(TroubleScenario, ShuttingDownWithAThreadOfTheQueue) {
  expect_holds([] {
    Stage stage(1, {.callback_threads = 1});
    stage.backend().add_device_thread();
    {
      const Thread one([&] { stage.submit([&] { stage.submit(); }); });
      stage.engine().close(CloseMode::drain, {});
    }
    stage.finish_closed();
  });
}

TEST(TroubleScenario, OneWhoWaitsForAnIdleSlotAsTheEngineIsShutDown) {
  expect_holds(
      [] {
        Stage stage(1);
        const SlotId slot = stage.engine().acquire();
        {
          const Thread waiting([&] {
            try {
              stage.engine().wait_for_idle();
            } catch (const Error& error) {
              check(error.code() == Errc::closed, error.what());
            }
          });
          const Thread releasing([&] { stage.engine().release(slot); });
          stage.engine().close(CloseMode::drain, {});
        }
        stage.finish_closed();
      },
      small);
}

// Both wait for the same to happen, and only one is stopped.
TEST(TroubleScenario, OneOfTwoWaitsIsStopped) {
  expect_holds([] {
    Stage stage(1);
    stage.submit();
    std::stop_source stopped;
    {
      const Thread one([&] { stage.engine().wait_all({.stop = std::stop_source().get_token()}); });
      {
        const Thread other([&] {
          try {
            stage.engine().wait_all({.stop = stopped.get_token()});
            check(false, "it was not stopped, and nothing has completed");
          } catch (const Error& error) {
            check(error.code() == Errc::stopped, "it was told of something else");
          }
        });
        stopped.request_stop();
      }
      stage.backend().complete(0);
    }
    stage.finish();
  });
}

}  // namespace
}  // namespace inferqueue::explore
