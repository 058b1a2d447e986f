// How busy the machine's processors are, with whatever runs on them.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include <sched.h>

namespace inferqueue::machine {

/// Of the processors that the thread which makes it may run on. Thread rules: as an int.
class ProcessorClock {
 public:
  /// Reads /proc/stat below `root`, as proc(5) describes it.
  explicit ProcessorClock(std::filesystem::path root = "/");

  /// For how long they have been busy since the machine was started, in seconds, added up: with this process, with
  /// others, and with other guests of the same host (steal). In steps of 10 ms; take the difference of two. Nothing
  /// where the system doesn't tell.
  std::optional<double> busy_s() const;
  /// How many they are.
  int processors() const noexcept { return CPU_COUNT(&usable_); }

 private:
  std::filesystem::path root_;
  cpu_set_t usable_{};
};

}  // namespace inferqueue::machine
