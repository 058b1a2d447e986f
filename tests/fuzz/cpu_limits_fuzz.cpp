// What the kernel says of the process's control group. Seed: a file each between lines "--": /proc/self/cgroup,
// /proc/self/mountinfo, and cpu.max, cpuset.cpus.effective and cgroup.controllers of the group /g mounted at /m.
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "fuzz/fuzz.hpp"
#include "machine/cpu_limits.hpp"

namespace inferqueue::fuzz {
namespace fs = std::filesystem;
namespace {

constexpr std::array<const char*, 5> files{"proc/self/cgroup", "proc/self/mountinfo", "m/g/cpu.max",
                                           "m/g/cpuset.cpus.effective", "m/g/cgroup.controllers"};

std::string part(Input& input) {
  std::string text;
  while (!input.empty()) {
    const std::string_view line = input.line();
    if (line == "--") break;
    text.append(line).append("\n");
  }
  return text;
}

}  // namespace

void run(Input input) {
  const fs::path root = scratch_folder();
  static const bool made = fs::create_directories(root / "proc/self") && fs::create_directories(root / "m/g");
  require(made, "there are folders to write into");
  static std::array<std::string, files.size()> written;  // writing takes longer than all else
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::string text = part(input);
    if (text == written.at(i)) continue;
    std::ofstream(root / files.at(i), std::ios::binary) << text;
    written.at(i) = std::move(text);
  }
  machine::CpuLimits limits;
  limits.processors = 8;
  limits.usable = 4;
  limits.cgroup = machine::cgroup_limits(root);
  if (limits.cgroup.cpu_quota) require(*limits.cgroup.cpu_quota > 0, "a quota is something");
  if (limits.cgroup.cpuset) require(!limits.cgroup.cpuset->empty(), "a set of processors has some");
  require(limits.threads() >= 1 && limits.threads() <= limits.usable, "there are 1 to 4 threads");
}

}  // namespace inferqueue::fuzz
