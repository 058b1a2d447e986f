// The explorer counts what can be counted by hand, and merges only what is the same.
#include "explore/explorer.hpp"

#include <array>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/atomic.hpp"
#include "base/mutex.hpp"
#include "base/thread.hpp"

namespace inferqueue::explore {
namespace {

using base::Atomic;
using base::Thread;

constexpr unsigned unbounded = 1000;

/// Two threads that write so many times each, to one atomic or each to its own.
std::function<void()> two_writers(int writes, bool to_one) {
  return [=] {
    Atomic<int> ones{0};
    Atomic<int> others{0};
    const auto write = [writes](Atomic<int>& value) {
      for (int i = 0; i < writes; ++i) value.store(i);
    };
    const Thread one([&] { write(ones); });
    const Thread other([&] { write(to_one ? ones : others); });
  };
}

/// A writer has writes + 1 steps, of which the first is to begin. The first thread joins the two, which is one more
/// step after each one's last. The join that comes second is always the last step of all; what is left is to mingle a
/// chain of writes + 2 steps with one of writes + 1.
TEST(Explorer, TakesEveryOrderOfTwoThreadsOnce) {
  const std::array<std::uint64_t, 5> ways{3, 3, 10, 35, 126};  // to choose 1, 1, 2, 3, 4 of 3, 3, 5, 7, 9
  for (int writes = 0; writes < 5; ++writes) {
    const Outcome outcome = explore(two_writers(writes, true), {.bound = unbounded, .merge = false});
    EXPECT_EQ(outcome.failure, "");
    EXPECT_TRUE(outcome.is_complete);
    EXPECT_EQ(outcome.orders, ways.at(static_cast<std::size_t>(writes)));
    EXPECT_EQ(outcome.merged, 0U);
  }
}

/// Without preemptions a writer runs to its end once it has begun. Either may be the first; where that is the one that
/// is joined first, the joining thread may go on before the other begins or after.
TEST(Explorer, TakesOnlyOrdersWithinTheBound) {
  const Outcome none = explore(two_writers(4, true), {.bound = 0, .merge = false});
  EXPECT_EQ(none.orders, 3U);
  EXPECT_FALSE(none.is_complete);
  const Outcome one = explore(two_writers(4, true), {.bound = 1, .merge = false});
  EXPECT_EQ(one.executions, one.orders + none.orders);
  EXPECT_GT(one.orders, none.orders);
  EXPECT_LT(one.orders, 126U);
}

TEST(Explorer, TakesOrdersThatNobodyCanTellApartOnce) {
  const Outcome dependent = explore(two_writers(4, true), {.bound = unbounded});
  const Outcome independent = explore(two_writers(4, false), {.bound = unbounded});
  EXPECT_TRUE(independent.is_complete);
  // The states of two independent threads are the pairs of their positions, and who of the two comes from his last
  // step.
  EXPECT_LE(independent.orders, 50U);
  EXPECT_LT(independent.orders, dependent.orders);
}

/// A program of few operations on few objects; its threads do what the seed says. What they see goes into `seen`.
struct RandomProgram {
  enum class Kind : std::uint8_t { load, store, add, locked, notify, timed_wait };
  struct Operation {
    Kind kind;
    std::size_t object;
  };
  std::vector<std::vector<Operation>> threads;

  explicit RandomProgram(unsigned seed) {
    std::mt19937 random(seed);
    threads.resize(2 + random() % 2);
    for (auto& thread : threads)
      for (std::size_t i = 0; i < (threads.size() == 2 ? 4 : 2); ++i)
        thread.push_back({.kind = static_cast<Kind>(random() % 6), .object = random() % 2});
  }

  struct Objects {
    std::array<Atomic<int>, 2> atomics;
    base::Mutex mutex;
    base::CondVar changed;
    int guarded = 0;
  };

  static void execute(const Operation& operation, Objects& objects, int mark, std::string& seen) {
    Atomic<int>& atomic = objects.atomics.at(operation.object);
    switch (operation.kind) {
      case Kind::load:
        seen += std::to_string(atomic.load()) + ' ';
        return;
      case Kind::store:
        return atomic.store(mark);
      case Kind::add:
        atomic.store(atomic.load() + 1);
        return;
      case Kind::locked: {
        const base::MutexLock lock(objects.mutex);
        seen += 'g' + std::to_string(objects.guarded) + ' ';
        objects.guarded = mark;
        return;
      }
      case Kind::notify: {
        if (operation.object == 0) return objects.changed.notify_one();
        const base::MutexLock lock(objects.mutex);
        objects.guarded = mark;
        return objects.changed.notify_one();
      }
      case Kind::timed_wait: {
        const auto deadline = base::Clock::now() + std::chrono::seconds(operation.object + 1);
        base::MutexLock lock(objects.mutex);
        objects.changed.wait_until(lock, deadline);
        seen += (base::Clock::now() < deadline ? 'n' : 't') + std::to_string(objects.guarded) + ' ';
        return;
      }
    }
  }

  /// Everything that the threads can see in any order.
  std::set<std::string> outcomes(unsigned bound, bool merge, Outcome& outcome) const {
    std::set<std::string> all;
    outcome = explore(
        [this, &all] {
          Objects objects;
          std::vector<std::string> seen(threads.size());
          {
            std::vector<Thread> running;
            for (std::size_t t = 0; t < threads.size(); ++t)
              running.emplace_back([&, t] {
                int mark = static_cast<int>(t + 1) * 10;
                for (const Operation& operation : threads[t]) execute(operation, objects, ++mark, seen[t]);
              });
          }
          std::string text;
          for (const std::string& one : seen) text += one + "| ";
          for (const Atomic<int>& atomic : objects.atomics) text += std::to_string(atomic.load()) + ' ';
          all.insert(text + std::to_string(objects.guarded));
        },
        {.bound = bound, .merge = merge});
    return all;
  }
};

TEST(Explorer, LosesNothingWhereItMergesStates) {
  std::uint64_t merging = 0;
  std::uint64_t not_merging = 0;
  for (unsigned seed = 0; seed < 12; ++seed) {
    const RandomProgram program(seed);
    for (const unsigned bound : {1U, 2U}) {
      Outcome merged;
      Outcome plain;
      const auto found = program.outcomes(bound, true, merged);
      EXPECT_EQ(found, program.outcomes(bound, false, plain)) << "seed " << seed << ", bound " << bound;
      EXPECT_EQ(merged.failure, plain.failure);
      merging += merged.executions;
      not_merging += plain.executions;
    }
  }
  EXPECT_LT(merging * 3, not_merging * 2);
}

}  // namespace
}  // namespace inferqueue::explore
