// What the kernel says of memory and processor, from files as it writes them.
#include "machine/memory.hpp"

#include <gtest/gtest.h>

#include "machine/cpu_name.hpp"
#include "support/temp_folder.hpp"

namespace inferqueue::machine {
namespace {

TEST(MemoryUse, IsReadFromTheStatusOfTheProcess) {
  const testing::TempFolder temp;
  EXPECT_EQ(memory_use(temp.path()).resident, 0U);
  temp.file("proc/self/status", "Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nThreads:\t1\n");
  EXPECT_EQ(memory_use(temp.path()).resident, 1024U * 1024);
  EXPECT_EQ(memory_use(temp.path()).peak, 2048U * 1024);
  EXPECT_GE(memory_use().peak, memory_use().resident);
  EXPECT_GT(memory_use().resident, 0U);
}

TEST(CpuName, IsTheFirstModelName) {
  const testing::TempFolder temp;
  EXPECT_EQ(cpu_name(temp.path()), "unknown");
  temp.file("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nprocessor\t: 1\nmodel name\t: Other\n");
  EXPECT_EQ(cpu_name(temp.path()), "Some CPU @ 2 GHz");
}

}  // namespace
}  // namespace inferqueue::machine
