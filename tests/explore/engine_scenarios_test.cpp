// Submitters, devices and callbacks of the engine in every order in which they may meet.
#include "explore/stage.hpp"

namespace inferqueue::explore {
namespace {

using base::Thread;
using core::SlotId;

TEST(EngineScenario, TwoSubmittersAndTwoSlots) {
  expect_holds([] {
    Stage stage(2);
    stage.backend().add_device_thread();
    const auto submit = [&] {
      const Request& request = stage.submit();
      stage.wait_all({&request});
    };
    {
      const Thread one(submit);
      const Thread other(submit);
    }
    stage.finish();
  });
}

TEST(EngineScenario, TwoSubmittersAndOneSlot) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().add_device_thread();
    {
      const Thread one([&] {
        const Request& first = stage.submit();
        const Request& second = stage.submit();
        stage.wait_all({&first, &second});
      });
      const Thread other([&] { stage.submit(); });
    }
    stage.finish();
  });
}

TEST(EngineScenario, ACallbackThatSubmitsBesideTwoSubmitters) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().add_device_thread();
    {
      const Thread one([&] {
        const Request& request = stage.submit([&] { stage.submit(); });
        stage.wait_all({&request});
      });
      const Thread other([&] { stage.submit(); });
    }
    stage.finish();
  });
}

TEST(EngineScenario, TwoDeviceThreads) {
  expect_holds(
      [] {
        Stage stage(2);
        stage.backend().add_device_thread();
        stage.backend().add_device_thread();
        {
          const Thread one([&] {
            const Request& first = stage.submit([&] { stage.submit(); });
            const Request& second = stage.submit();
            stage.wait_all({&first, &second});
          });
        }
        stage.finish();
      },
      large);
}

TEST(EngineScenario, OutcomesOnAThreadOfTheQueue) {
  expect_holds([] {
    Stage stage(1, {.callback_threads = 1});
    stage.backend().add_device_thread();
    const Request& first = stage.submit([&] { stage.submit(); });
    const Request& second = stage.submit();
    stage.wait_all({&first, &second});
    stage.finish();
  });
}

TEST(EngineScenario, OutcomesOnTwoThreadsOfTheQueue) {
  expect_holds(
      [] {
        Stage stage(2, {.callback_threads = 2});
        stage.backend().complete_inside_start();
        const Request& first = stage.submit([&] { stage.submit(); });
        const Request& second = stage.submit();
        stage.wait_all({&first, &second});
        stage.finish();
      },
      large);
}

TEST(EngineScenario, StartsThatCompleteInside) {
  expect_holds(
      [] {
        Stage stage(1);
        stage.backend().complete_inside_start();
        {
          const Thread one([&] {
            const Request& request = stage.submit([&] { stage.submit(); });
            stage.wait_all({&request});
          });
          const Thread other([&] { stage.submit(); });
        }
        stage.finish();
      },
      small);
}

TEST(EngineScenario, StartsThatCompleteInsideWithAThreadOfTheQueue) {
  expect_holds([] {
    Stage stage(1, {.callback_threads = 1});
    stage.backend().complete_inside_start();
    {
      const Thread other([&] { stage.submit(); });
      const Request& request = stage.submit([&] { stage.submit(); });
      stage.wait_all({&request});
    }
    stage.finish();
  });
}

TEST(EngineScenario, LeasesBesideSubmissions) {
  expect_holds([] {
    Stage stage(1);
    stage.backend().add_device_thread();
    {
      const Thread one([&] { stage.lease_and_start(); });
      const Thread other([&] { stage.engine().release(stage.engine().acquire()); });
      const Request& request = stage.submit();
      stage.wait_all({&request});
    }
    stage.finish();
  });
}

TEST(EngineScenario, OneWhoOnlyWaitsForAnIdleSlot) {
  expect_holds(
      [] {
        Stage stage(1);
        stage.backend().add_device_thread();
        {
          const Thread one([&] { stage.submit(); });
          const Thread other([&] { check(stage.engine().wait_for_idle() == 0, "another slot"); });
        }
        stage.finish();
      },
      small);
}

TEST(EngineScenario, TwoWhoOnlyWaitForAnIdleSlot) {
  expect_holds([] {
    Stage stage(1);
    const core::SlotId leased = stage.engine().acquire();
    {
      const Thread one([&] { stage.engine().wait_for_idle(); });
      const Thread other([&] { stage.engine().wait_for_idle(); });
      stage.engine().release(leased);
    }
    stage.finish();
  });
}

}  // namespace
}  // namespace inferqueue::explore
