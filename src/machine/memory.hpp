// What memory this process has.
#pragma once

#include <cstdint>
#include <filesystem>

namespace inferqueue::machine {

/// In bytes; 0 where the system doesn't tell.
struct MemoryUse {
  std::uint64_t resident = 0;  ///< at this moment
  std::uint64_t peak = 0;      ///< the most since the process began
};

/// Reads VmRSS and VmHWM of /proc/self/status below `root`. Thread rules: any thread.
MemoryUse memory_use(const std::filesystem::path& root = "/");

}  // namespace inferqueue::machine
