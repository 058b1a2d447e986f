#include "machine/memory.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace inferqueue::machine {

MemoryUse memory_use(const std::filesystem::path& root) {
  MemoryUse use;
  std::ifstream file(root / "proc/self/status");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t kilobytes = 0;
    if (!(words >> name >> kilobytes)) continue;
    if (name == "VmRSS:") use.resident = kilobytes * 1024;
    if (name == "VmHWM:") use.peak = kilobytes * 1024;
  }
  return use;
}

}  // namespace inferqueue::machine
