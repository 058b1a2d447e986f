// Time and processor time only grow, and work costs some.
#include "measure/clock.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace inferqueue::measure {
namespace {

/// Works until the process has used so much more processor time.
void work(const Stopwatch& watch, double cpu_s) {
  volatile unsigned sink = 0;
  while (watch.elapsed().cpu_s < cpu_s)
    for (unsigned i = 0; i < 100000; ++i) sink = sink + i;
}

TEST(Stopwatch, BeginsNearZeroAndNeverGoesBack) {
  const Stopwatch watch;
  Elapsed before = watch.elapsed();
  EXPECT_GE(before.wall_s, 0);
  EXPECT_GE(before.cpu_s, 0);
  for (int i = 0; i < 1000; ++i) {
    const Elapsed now = watch.elapsed();
    EXPECT_GE(now.wall_s, before.wall_s);
    EXPECT_GE(now.cpu_s, before.cpu_s);
    before = now;
  }
}

TEST(Stopwatch, WorkCostsProcessorTimeAndThatTakesTime) {
  const Stopwatch watch;
  work(watch, 0.02);  // doesn't come back if none is counted
  const Elapsed took = watch.elapsed();
  EXPECT_GE(took.cpu_s, 0.02);
  EXPECT_GT(took.wall_s, 0);
}

TEST(Stopwatch, CountsOtherThreads) {
  const Stopwatch watch;
  std::jthread([&] { work(watch, 0.02); }).join();
  EXPECT_GE(watch.elapsed().cpu_s, 0.02);
}

TEST(Stopwatch, BeginsAtItsConstruction) {
  const Stopwatch early;
  work(early, 0.02);
  const Stopwatch late;
  const double shorter = late.elapsed().wall_s;
  EXPECT_LT(shorter, early.elapsed().wall_s);
}

}  // namespace
}  // namespace inferqueue::measure
