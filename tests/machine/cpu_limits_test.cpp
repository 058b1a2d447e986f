// What cgroup v2 says, from trees of files as kernels and containers lay them out, and what this kernel grants.
#include "machine/cpu_limits.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <sched.h>

#include "support/temp_folder.hpp"

namespace inferqueue::machine {
namespace {

/// A root folder with what the kernel would show there.
class Cgroup : public ::testing::Test {
 protected:
  void process_is_in(std::string_view cgroup) { temp.file("proc/self/cgroup", cgroup); }
  void mounted(std::string_view part = "/", std::string_view at = "/sys/fs/cgroup") {
    temp.file("proc/self/mountinfo",
              "22 28 0:21 / /proc rw,nosuid - proc proc rw\n"
              "35 28 0:30 " +
                  std::string(part) + " " + std::string(at) + " rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
  }
  CgroupLimits limits() const { return cgroup_limits(temp.path()); }

  testing::TempFolder temp;
};

TEST_F(Cgroup, QuotaAndCpusetOfAContainer) {
  process_is_in("0::/\n");
  mounted();
  temp.file("sys/fs/cgroup/cpu.max", "150000 100000\n");
  temp.file("sys/fs/cgroup/cpuset.cpus.effective", "0-3,8\n");
  EXPECT_EQ(limits().cpu_quota, 1.5);
  EXPECT_EQ(limits().cpuset, "0-3,8");
}

TEST_F(Cgroup, MemoryAndThrottlingOfTheTightestLevel) {
  process_is_in("0::/pod/main\n");
  mounted();
  EXPECT_EQ(limits().memory_max, std::nullopt);
  EXPECT_EQ(throttled_s(temp.path()), 0);
  temp.file("sys/fs/cgroup/pod/memory.max", "1073741824\n");
  temp.file("sys/fs/cgroup/pod/main/memory.max", "max\n");
  temp.file("sys/fs/cgroup/pod/cpu.stat", "usage_usec 900\nnr_throttled 3\nthrottled_usec 2500000\n");
  temp.file("sys/fs/cgroup/pod/main/cpu.stat", "usage_usec 900\nthrottled_usec 0\n");
  EXPECT_EQ(limits().memory_max, 1073741824U);
  EXPECT_DOUBLE_EQ(throttled_s(temp.path()), 2.5);
}

TEST_F(Cgroup, ThrottlingIsKnownUnderVersionOneToo) {
  process_is_in("5:cpuset:/other\n4:cpu,cpuacct:/docker/1f2e\n0::/\n");
  temp.file("proc/self/mountinfo",
            "40 28 0:33 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
            "41 28 0:34 /docker/1f2e /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n"
            "42 28 0:35 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  temp.file("sys/fs/cgroup/cpuset/cpu.stat", "throttled_time 9000000000\n");
  temp.file("sys/fs/cgroup/cpu/cpu.stat", "nr_periods 7\nnr_throttled 3\nthrottled_time 2500000000\n");
  EXPECT_DOUBLE_EQ(throttled_s(temp.path()), 2.5);
  EXPECT_FALSE(limits().is_known);
}

TEST_F(Cgroup, AGroupWhoseNameOnlyBeginsAsTheMountsIsNotBelowIt) {
  process_is_in("0::/docker/12\n");
  mounted("/docker/1");
  temp.file("sys/fs/cgroup/2/cpu.max", "100000 100000\n");
  EXPECT_EQ(limits().cpu_quota, std::nullopt);
}

TEST_F(Cgroup, MaxIsNoQuota) {
  process_is_in("0::/\n");
  mounted();
  temp.file("sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(limits().cpu_quota, std::nullopt);
  EXPECT_EQ(limits().cpuset, std::nullopt);
  EXPECT_TRUE(limits().is_known);
}

TEST_F(Cgroup, TheRootHasNoLimitsAndIsKnownByItsControllers) {
  process_is_in("0::/\n");
  mounted();
  EXPECT_FALSE(limits().is_known);
  temp.file("sys/fs/cgroup/cgroup.controllers", "hugetlb cpuset\n");
  EXPECT_FALSE(limits().is_known) << "the CPU controller is version 1's";
  temp.file("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io\n");
  EXPECT_TRUE(limits().is_known);
}

TEST_F(Cgroup, TheLeastQuotaOnTheWayUpCounts) {
  process_is_in("0::/kubepods/pod7/main\n");
  mounted();
  temp.file("sys/fs/cgroup/kubepods/cpu.max", "800000 100000\n");
  temp.file("sys/fs/cgroup/kubepods/pod7/cpu.max", "50000 100000\n");
  temp.file("sys/fs/cgroup/kubepods/pod7/main/cpu.max", "200000 100000\n");
  temp.file("sys/fs/cgroup/cpuset.cpus.effective", "0-63\n");
  temp.file("sys/fs/cgroup/kubepods/pod7/main/cpuset.cpus.effective", "4-5\n");
  EXPECT_EQ(limits().cpu_quota, 0.5);
  EXPECT_EQ(limits().cpuset, "4-5");
}

TEST_F(Cgroup, WithoutANamespaceOnlyItsPartIsMounted) {
  process_is_in("0::/docker/1f2e\n");
  mounted("/docker/1f2e");
  temp.file("sys/fs/cgroup/cpu.max", "300000 100000\n");
  EXPECT_EQ(limits().cpu_quota, 3);
}

TEST_F(Cgroup, OutsideTheNamespaceTheMountIsRead) {
  process_is_in("0::/../elsewhere\n");
  mounted();
  temp.file("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(limits().cpu_quota, 1);
}

TEST_F(Cgroup, HybridHierarchiesMountItElsewhere) {
  process_is_in("9:name=systemd:/\n1:cpu:/\n0::/user.slice\n");
  mounted("/", "/sys/fs/cgroup/unified");
  temp.file("sys/fs/cgroup/unified/user.slice/cpu.max", "250000 100000\n");
  EXPECT_EQ(limits().cpu_quota, 2.5);
}

TEST_F(Cgroup, WhatCannotBeReadLimitsNothing) {
  EXPECT_EQ(limits().cpu_quota, std::nullopt);  // no /proc
  EXPECT_FALSE(limits().is_known);
  process_is_in("1:cpu:/docker\n");  // version 1
  mounted();
  EXPECT_EQ(limits().cpu_quota, std::nullopt);
  process_is_in("0::/\n");
  for (const char* text : {"", "\n", "nonsense\n", "-1 100000\n", "100000 0\n", "100000\n"}) {
    temp.file("sys/fs/cgroup/cpu.max", text);
    EXPECT_EQ(limits().cpu_quota, std::nullopt) << text;
  }
}

CpuLimits with(unsigned usable, std::optional<double> quota) {
  CpuLimits limits;
  limits.usable = usable;
  limits.cgroup.cpu_quota = quota;
  return limits;
}

TEST(CpuLimits, ThreadsAreTheUsableOnesOrTheQuotaRoundedUp) {
  EXPECT_EQ(with(8, std::nullopt).threads(), 8U);
  EXPECT_EQ(with(8, 1.5).threads(), 2U);
  EXPECT_EQ(with(8, 0.1).threads(), 1U);
  EXPECT_EQ(with(8, 64).threads(), 8U);
  EXPECT_EQ(with(8, 1e300).threads(), 8U);
  EXPECT_EQ(with(8, std::numeric_limits<double>::infinity()).threads(), 8U) << "\"1e308 1e-308\"";
}

TEST(CpuLimits, ProcessorsAreTheUsableOnesOrTheQuota) {
  EXPECT_EQ(with(8, std::nullopt).cpus(), 8);
  EXPECT_EQ(with(8, 1.5).cpus(), 1.5);
  EXPECT_EQ(with(8, 64).cpus(), 8);
}

TEST(CpuLimits, FollowTheAffinityOfThisThread) {
  cpu_set_t before;
  CPU_ZERO(&before);
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  const CpuLimits all = cpu_limits();
  EXPECT_EQ(all.usable, static_cast<unsigned>(CPU_COUNT(&before)));
  EXPECT_GE(all.processors, all.usable);

  std::size_t first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(cpu_limits().usable, 1U);
  EXPECT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

}  // namespace
}  // namespace inferqueue::machine
