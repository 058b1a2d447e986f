// What the processor calls itself.
#pragma once

#include <filesystem>
#include <string>

namespace inferqueue::machine {

/// The first "model name" of /proc/cpuinfo below `root`; "unknown" where there is none, as on ARM. Thread rules: any
/// thread.
std::string cpu_name(const std::filesystem::path& root = "/");

}  // namespace inferqueue::machine
