#include "machine/cpu_limits.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <sched.h>
#include <unistd.h>

namespace inferqueue::machine {
namespace fs = std::filesystem;

namespace {

std::optional<std::string> first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

/// "150000 100000" is 1.5; "max 100000" is no limit.
std::optional<double> parse_quota(const std::string& line) {
  std::istringstream words(line);
  double quota = 0;
  double period = 0;
  if (!(words >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

enum class Version { one, two };

/// Of a list such as "cpu,cpuacct".
bool names_cpu(std::string_view list) {
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(','));
    if (name == "cpu") return true;
    list.remove_prefix(std::min(name.size() + 1, list.size()));
  }
  return false;
}

/// Where this process is in the hierarchy of cgroup v2, "/docker/1f2e" for the line "0::/docker/1f2e", or in that of
/// version 1's CPU controller, for the line "4:cpu,cpuacct:/docker/1f2e".
std::optional<std::string> own_cgroup(const fs::path& root, Version version) {
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t controllers = line.find(':') + 1;
    const std::size_t end = controllers == 0 ? std::string::npos : line.find(':', controllers);
    if (end == std::string::npos) continue;
    const auto list = std::string_view(line).substr(controllers, end - controllers);
    if (version == Version::two ? line.starts_with("0::") : names_cpu(list)) return line.substr(end + 1);
  }
  return std::nullopt;
}

struct Mount {
  std::string of;  // which part of the hierarchy is mounted
  fs::path at;
};

/// The line of /proc/self/mountinfo for cgroup2, "35 28 0:30 /docker/1f2e /sys/fs/cgroup rw - cgroup2 cgroup2 rw", or
/// for version 1's CPU controller, "36 28 0:31 /docker/1f2e /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct".
std::optional<Mount> cgroup_mount(const fs::path& root, Version version) {
  const std::string_view type = version == Version::two ? " - cgroup2 " : " - cgroup ";
  std::ifstream file(root / "proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.find(type) == std::string::npos) continue;
    if (version == Version::one && !names_cpu(std::string_view(line).substr(line.rfind(' ') + 1))) continue;
    std::istringstream words(line);
    std::string id;
    std::string parent;
    std::string device;
    Mount mount;
    if (words >> id >> parent >> device >> mount.of >> mount.at) return mount;
  }
  return std::nullopt;
}

/// The cgroup's folder below the mount. A container without a cgroup namespace sees its path from the host's root,
/// while just its own part is mounted; "/.." is what it sees of a cgroup outside its namespace.
fs::path folder_of(const std::string& cgroup, const Mount& mount) {
  std::string_view inside = cgroup;
  if (mount.of != "/" && (cgroup == mount.of || cgroup.starts_with(mount.of + "/")))
    inside.remove_prefix(mount.of.size());
  const fs::path relative = fs::path(inside).relative_path().lexically_normal();
  return !relative.empty() && *relative.begin() == ".." ? fs::path() : relative;
}

/// The folders of this process's cgroup and of those above it, from the top on; none where there is no such hierarchy.
std::vector<fs::path> cgroup_folders(const fs::path& root, Version version) {
  const std::optional<std::string> cgroup = own_cgroup(root, version);
  const std::optional<Mount> mount = cgroup_mount(root, version);
  if (!cgroup || !mount) return {};
  std::vector<fs::path> folders{root / mount->at.relative_path()};
  for (const fs::path& part : folder_of(*cgroup, *mount)) folders.push_back(folders.back() / part);
  return folders;
}

/// The largest value of that name in the cpu.stat of any of these folders.
double most_in_cpu_stat(const std::vector<fs::path>& folders, std::string_view wanted) {
  double most = 0;
  for (const fs::path& folder : folders) {
    std::ifstream file(folder / "cpu.stat");
    std::string name;
    for (double value = 0; file >> name >> value;)
      if (name == wanted) most = std::max(most, value);
  }
  return most;
}

/// "1073741824"; "max" is no limit.
std::optional<std::uint64_t> parse_bytes(const std::string& line) {
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), bytes);
  if (error != std::errc() || end != line.data() + line.size()) return std::nullopt;
  return bytes;
}

}  // namespace

CgroupLimits cgroup_limits(const fs::path& root) {
  CgroupLimits limits;
  for (const fs::path& folder : cgroup_folders(root, Version::two)) {
    if (const auto controllers = first_line(folder / "cgroup.controllers"))
      if ((" " + *controllers + " ").find(" cpu ") != std::string::npos) limits.is_known = true;
    if (const auto line = first_line(folder / "cpu.max")) {
      limits.is_known = true;
      if (const auto quota = parse_quota(*line)) limits.cpu_quota = std::min(*quota, limits.cpu_quota.value_or(*quota));
    }
    if (const auto line = first_line(folder / "memory.max"))
      if (const auto most = parse_bytes(*line)) limits.memory_max = std::min(*most, limits.memory_max.value_or(*most));
    // The deeper one is never larger: the kernel has taken what is above into account.
    if (auto line = first_line(folder / "cpuset.cpus.effective"); line && !line->empty())
      limits.cpuset = std::move(line);
  }
  return limits;
}

double throttled_s(const fs::path& root) {
  return std::max(most_in_cpu_stat(cgroup_folders(root, Version::two), "throttled_usec") * 1e-6,
                  most_in_cpu_stat(cgroup_folders(root, Version::one), "throttled_time") * 1e-9);
}

unsigned CpuLimits::threads() const {
  if (!cgroup.cpu_quota) return usable;
  const double whole = std::ceil(*cgroup.cpu_quota);
  // Compared before it becomes an integer: the file may say any number.
  return whole < usable ? std::max(1U, static_cast<unsigned>(whole)) : usable;
}

double CpuLimits::cpus() const {
  return std::min(cgroup.cpu_quota.value_or(usable), static_cast<double>(usable));
}

CpuLimits cpu_limits() {
  CpuLimits limits;
  limits.processors = static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  limits.usable = limits.processors;
  cpu_set_t affinity;
  CPU_ZERO(&affinity);
  if (::sched_getaffinity(0, sizeof affinity, &affinity) == 0)
    limits.usable = static_cast<unsigned>(std::max(1, CPU_COUNT(&affinity)));
  limits.cgroup = cgroup_limits();
  return limits;
}

}  // namespace inferqueue::machine
