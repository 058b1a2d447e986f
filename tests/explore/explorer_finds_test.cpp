// The explorer finds the faults that it is made for, and repeats them.
#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "base/thread.hpp"
#include "explore/explorer.hpp"

namespace inferqueue::explore {
namespace {

using base::Atomic;
using base::CondVar;
using base::Mutex;
using base::MutexLock;
using base::Thread;
using namespace std::chrono_literals;

constexpr unsigned unbounded = 1000;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Explores, and expects a failure that says so, after no more preemptions than that; replays it.
void expect_found(const std::function<void()>& scenario, const std::string& failure, unsigned bound) {
  const Outcome found = explore(scenario);
  EXPECT_TRUE(contains(found.failure, failure)) << "failure: " << found.failure;
  EXPECT_EQ(found.bound, bound);
  const Outcome again = replay(scenario, found.schedule);
  EXPECT_EQ(again.failure, found.failure);
  EXPECT_EQ(again.trace, found.trace);
}

void expect_nothing_found(const std::function<void()>& scenario) {
  const Outcome outcome = explore(scenario, {.bound = unbounded});
  EXPECT_EQ(outcome.failure, "") << outcome.trace;
  EXPECT_TRUE(outcome.is_complete);
}

/// A queue of numbers, one of which is taken by each of `takers` threads.
struct ToyQueue {
  bool looks_under_the_mutex = true;
  bool notifies_all = false;
  bool puts_twice_for_one_notification = false;

  struct State {
    Mutex mutex;
    CondVar changed;
    Atomic<int> count{0};
  };

  void take(State& state) const {
    if (!looks_under_the_mutex && state.count.load() == 0) {
      MutexLock lock(state.mutex);
      state.changed.wait(lock);  // what was put in between has been notified already
    }
    MutexLock lock(state.mutex);
    while (state.count.load() == 0) state.changed.wait(lock);
    --state.count;
  }
  void put(State& state, int number) const {
    for (int i = 0; i < number; ++i) {
      const MutexLock lock(state.mutex);
      ++state.count;
      if (puts_twice_for_one_notification && i + 1 < number) continue;
      if (notifies_all)
        state.changed.notify_all();
      else
        state.changed.notify_one();
    }
  }
  std::function<void()> scenario(int takers) const {
    return [queue = *this, takers] {
      State state;
      std::vector<Thread> threads;
      for (int i = 0; i < takers; ++i) threads.emplace_back([&] { queue.take(state); });
      threads.emplace_back([&] { queue.put(state, takers); });
    };
  }
};

TEST(ExplorerFinds, NothingInAQueueThatIsRight) {
  expect_nothing_found(ToyQueue{}.scenario(2));
  expect_nothing_found(ToyQueue{.notifies_all = true}.scenario(2));
}

TEST(ExplorerFinds, ALostWakeUp) {
  expect_found(ToyQueue{.looks_under_the_mutex = false}.scenario(1),
               "deadlock: thread 1 waits for the end of thread 2; ", 1);
}

TEST(ExplorerFinds, AWakeUpTooFew) {
  expect_found(ToyQueue{.puts_twice_for_one_notification = true}.scenario(2), "deadlock", 0);
}

TEST(ExplorerFinds, ADeadlockOfTwoLocks) {
  const auto scenario = [](bool same_order) {
    return [=] {
      Mutex one;
      Mutex other;
      const auto lock_both = [](Mutex& first, Mutex& second) {
        const MutexLock outer(first);
        const MutexLock inner(second);
      };
      const Thread a([&] { lock_both(one, other); });
      const Thread b([&] { same_order ? lock_both(one, other) : lock_both(other, one); });
    };
  };
  expect_found(scenario(false), "waits for mutex 2, which thread 3 holds; thread 3 waits for mutex 1, which thread 2",
               1);
  expect_nothing_found(scenario(true));
}

TEST(ExplorerFinds, ARaceBetweenACheckAndWhatFollowsFromIt) {
  expect_found(
      [] {
        Atomic<int> takers{0};
        const auto take = [&] {
          if (takers.load() == 0) check(++takers == 1, "two have taken it");
        };
        const Thread a(take);
        const Thread b(take);
      },
      "two have taken it", 1);
}

TEST(ExplorerFinds, EveryWaiterThatANotificationMayWake) {
  std::set<std::string> seen;
  expect_nothing_found([&seen] {
    Mutex mutex;
    CondVar changed;
    std::string waiting;
    std::string woken;
    int turns = 0;
    const auto wait = [&](char who) {
      MutexLock lock(mutex);
      waiting += who;
      while (turns == 0) changed.wait(lock);
      --turns;
      woken += who;
    };
    {
      const Thread a([&] { wait('a'); });
      const Thread b([&] { wait('b'); });
      for (int i = 0; i < 2; ++i) {
        const MutexLock lock(mutex);
        ++turns;
        changed.notify_one();
      }
    }
    seen.insert(waiting + '-' + woken);
  });
  EXPECT_EQ(seen, (std::set<std::string>{"ab-ab", "ab-ba", "ba-ab", "ba-ba"}));
}

TEST(ExplorerFinds, AWaitThatIsNotEndedByAnybodyEndsByTime) {
  const auto wait = [](bool expect_in_time) {
    return [=] {
      Mutex mutex;
      CondVar changed;
      bool done = false;
      const Thread other([&] {
        const MutexLock lock(mutex);
        done = true;
        changed.notify_one();
      });
      const auto deadline = base::Clock::now() + 1s;
      MutexLock lock(mutex);
      while (!done && base::Clock::now() < deadline) changed.wait_until(lock, deadline);
      check(done || !expect_in_time, "the wait was over first");
    };
  };
  expect_nothing_found(wait(false));
  expect_found(wait(true), "the wait was over first", 1);
}

TEST(ExplorerFinds, ThatTimePassesWhereNothingElseCanHappen) {
  expect_nothing_found([] {
    Mutex mutex;
    CondVar never;
    const auto begun = base::Clock::now();
    MutexLock lock(mutex);
    never.wait_until(lock, begun + 5s);
    check(base::Clock::now() == begun + 5s, "another time");
    never.wait_until(lock, begun);  // is over
    pass_time(1s);
    check(base::Clock::now() == begun + 6s, "another time");
  });
}

TEST(ExplorerFinds, ACondVarThatIsGoneWhenItIsNotified) {
  const auto scenario = [](bool notify_under_the_mutex) {
    return [=] {
      Mutex mutex;
      auto changed = std::make_unique<CondVar>();
      bool done = false;
      const Thread other([&, condition = changed.get()] {
        {
          const MutexLock lock(mutex);
          done = true;
          if (notify_under_the_mutex) condition->notify_one();
        }
        if (!notify_under_the_mutex) condition->notify_one();
      });
      {
        MutexLock lock(mutex);
        while (!done) changed->wait(lock);
      }
      changed.reset();
    };
  };
  expect_found(scenario(false), "an object of the seam is destroyed while thread 2 is about to use it", 2);
  expect_nothing_found(scenario(true));
}

TEST(ExplorerFinds, WaitsOfAtomics) {
  const auto scenario = [](bool notifies) {
    return [=] {
      Atomic<int> state{0};
      const Thread other([&] {
        state.store(1);
        if (notifies) state.notify_one();
      });
      state.wait(0);
      check(state == 1, "woken too early");
    };
  };
  expect_nothing_found(scenario(true));
  expect_found(scenario(false), "deadlock: thread 1 waits on atomic 1", 0);
}

TEST(ExplorerFinds, WhatNeverEnds) {
  expect_found(
      [] {
        Atomic<bool> go_on{true};
        while (go_on) continue;
      },
      "no end after 20000 steps", 0);
}

TEST(ExplorerFinds, ExceptionsThatNobodyCatches) {
  const auto throw_it = [] { throw std::runtime_error("of the scenario"); };
  expect_found(throw_it, "an exception left a thread: of the scenario", 0);
  expect_found([=]() noexcept { throw_it(); }, "std::terminate: of the scenario", 0);
}

TEST(ExplorerFinds, AThreadThatAborts) {
  expect_found([] { std::abort(); }, "signal Aborted", 0);
}

TEST(ExplorerFinds, AScenarioThatDoesOtherThingsEachTime) {
  int executions = 0;
  const Outcome outcome = explore([&] {
    Atomic<int> value{0};
    const Thread a([&] {
      for (int i = executions++; i < 5; ++i) ++value;
    });
    const Thread b([&] { ++value; });
  });
  EXPECT_TRUE(contains(outcome.failure, "other things when it is run again")) << outcome.failure;
}

TEST(ExplorerFinds, WhatIsNotASchedule) {
  for (const char* text : {"x", "1", "1:", "2:1 1:1", "1:1x"})
    EXPECT_THROW(replay([] {}, text), std::invalid_argument) << text;
}

}  // namespace
}  // namespace inferqueue::explore
