// Requests that are submitted ahead, and those who block until they may be, in every order.
#include <chrono>
#include <cstdint>

#include "explore/stage.hpp"

namespace inferqueue::explore {
namespace {

using namespace std::chrono_literals;
using base::Thread;

TEST(AheadScenario, TwoSubmittersOfWhomOneIsLetIn) {
  expect_holds([] {
    Stage stage(1, {.submit_ahead = 1});
    stage.backend().add_device_thread();
    {
      const Thread one([&] {
        const Request& first = stage.submit();
        const Request& second = stage.submit();
        stage.wait_all({&first, &second});
      });
      const Request& third = stage.submit();
      stage.wait_all({&third});
    }
    stage.finish();
  });
}

TEST(AheadScenario, NoMoreAreSubmittedAheadThanThereArePlaces) {
  expect_holds([] {
    Stage stage(1, {.submit_ahead = 2});
    const auto submit = [&] {
      stage.submit();
      check(stage.engine().statistics().pending <= 2, "more are ahead than there are places");
    };
    stage.backend().add_device_thread();
    for (int i = 0; i < 3; ++i) submit();
    {
      const Thread one(submit);
      submit();
    }
    stage.finish();
  });
}

TEST(AheadScenario, ASubmitterWhoIsLetInOrGivesUpBesideAClosing) {
  expect_holds([] {
    Stage stage(1, {.submit_ahead = 1});
    stage.backend().add_device_thread();
    stage.submit();
    stage.submit();
    {
      const Thread one([&] { stage.submit(nullptr, {.wait = {.timeout = 1s}}); });
      stage.engine().close(CloseMode::drain, {});
    }
    stage.finish_closed();
  });
}

// The only slot is leased, and no run is left for which the closing could wait.
TEST(AheadScenario, NothingIsAcceptedOnceAClosingHasReturned) {
  expect_holds(
      [] {
        Stage stage(1, {.submit_ahead = 1});
        const core::SlotId leased = stage.engine().acquire();
        stage.submit();
        std::uint64_t accepted = 0;
        {
          const Thread one([&] { stage.submit(); });
          stage.engine().close(CloseMode::drain, {});
          accepted = stage.engine().statistics().accepted;
        }
        check(stage.engine().statistics().accepted == accepted, "a request was accepted after the closing");
        stage.engine().release(leased);
        stage.finish_closed();
      },
      compact);
}

}  // namespace
}  // namespace inferqueue::explore
