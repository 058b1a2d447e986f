// How busy processors are, from a file as the kernel writes it.
#include "machine/processor_time.hpp"

#include <ctime>
#include <string>

#include <gtest/gtest.h>
#include <sched.h>

#include "support/temp_folder.hpp"

namespace inferqueue::machine {
namespace {

TEST(BusyProcessors, AreThoseThatThisProcessMayRunOnWithoutTheirIdleTime) {
  const testing::TempFolder temp;
  const std::string own = std::to_string(sched_getcpu());
  temp.file("proc/stat", "cpu  9 9 9 9 9 9 9 9 9 9\ncpu" + own +
                             " 100 20 30 5000 6000 1 2 47 50 10\ncpu1023 700 0 0 0 0 0 0 0 0 0\nintr 5 6\nctxt 7\n");
  EXPECT_DOUBLE_EQ(ProcessorClock(temp.path()).busy_s().value(), 2.0) << "of ticks of 10 ms";
}

TEST(BusyProcessors, AreUnknownWithoutTheFile) {
  const testing::TempFolder temp;
  EXPECT_FALSE(ProcessorClock(temp.path()).busy_s());
  temp.file("proc/stat", "cpu  1 2 3 4 5 6 7 8 9 10\nbtime 5\ncpufreq 3\n");
  EXPECT_FALSE(ProcessorClock(temp.path()).busy_s());
}

TEST(BusyProcessors, AreBusyWithThisTestToo) {
  const ProcessorClock clock;
  EXPECT_GE(clock.processors(), 1);
  const double before = clock.busy_s().value();
  while (std::clock() < CLOCKS_PER_SEC / 10) continue;  // of processor time, since the test began
  EXPECT_GT(clock.busy_s().value(), before);
}

}  // namespace
}  // namespace inferqueue::machine
