// How busy the machine's processors are, with whatever runs on them.
#pragma once

#include <filesystem>
#include <optional>

namespace inferqueue::machine {

/// For how long the processors that this process may run on have been busy since the machine was started, in seconds,
/// added up: with this process, with others, and with other guests of the same host (steal). In steps of 10 ms; take
/// the difference of two. Nothing where the system doesn't tell. Reads /proc/stat below `root`, as proc(5) describes
/// it. Thread rules: any thread; the affinity is the calling thread's.
std::optional<double> busy_processor_s(const std::filesystem::path& root = "/");

}  // namespace inferqueue::machine
