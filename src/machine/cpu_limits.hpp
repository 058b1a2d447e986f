// What the operating system lets this process use of the machine's processors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace inferqueue::machine {

/// What a container (cgroup v2) allows; nothing where it sets no limit.
struct CgroupLimits {
  /// False where cgroup v2 has no CPU controller that can be read (cgroup v1, no cgroups, a mount that is hidden):
  /// there may be limits all the same.
  bool is_known = false;
  std::optional<double> cpu_quota;  ///< CPUs' worth of time: cpu.max, the least on the way up; 1.5 for "150000 100000"
  std::optional<std::uint64_t> memory_max;  ///< bytes: memory.max, the least on the way up
  std::optional<std::string> cpuset;        ///< as the kernel writes it, "0-3,8": cpuset.cpus.effective
};

/// Reads /proc/self/cgroup and the files of the cgroup that it names, as
/// https://docs.kernel.org/admin-guide/cgroup-v2.html describes them, below `root`.
CgroupLimits cgroup_limits(const std::filesystem::path& root = "/");

/// How long quotas have kept this process's cgroup from running, in seconds, added up over the processors: cpu.stat's
/// throttled_usec, or under version 1's CPU controller throttled_time; the most on the way up. 0 where there is none.
/// Counts since the cgroup was made: take the difference of two.
double throttled_s(const std::filesystem::path& root = "/");

struct CpuLimits {
  unsigned processors = 1;  ///< that the machine has and are switched on
  unsigned usable = 1;      ///< of these, that this process may run on: its affinity, which contains the cpuset
  CgroupLimits cgroup;

  /// How many threads can run at once: `usable`, or less where the quota is smaller; 1 or more.
  unsigned threads() const;
  /// How many processors' worth of time there is: `usable`, or the quota where that is less.
  double cpus() const;
};

/// Thread rules: any thread; the affinity is the calling thread's.
CpuLimits cpu_limits();

}  // namespace inferqueue::machine
