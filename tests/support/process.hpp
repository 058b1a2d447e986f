// A program run as people run it: its own process, its output, signals.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace inferqueue::testing {

/// What a process left behind.
struct Outcome {
  int status = -1;  ///< what it returned; 128 and the signal's number if one ended it
  std::string out;
  std::string err;
  /// The most memory it had at once, in bytes. The system begins counting with what the test's own process had, so it
  /// tells only where it is more than own_peak_memory().
  std::uintmax_t peak_memory = 0;
};

/// The most memory that this process has had at once, in bytes.
std::uintmax_t own_peak_memory();

/// Runs from its construction. Reads nothing of the output but in the calls below, so that a program that prints more
/// than `pipe_size` stands still until one of them is made: a way to stop it in the middle without a clock. It is
/// killed if it takes longer than a minute, and by the destructor.
/// Thread rules: one thread.
class Process {
 public:
  /// Runs arguments[0], with its working directory there. Throws std::runtime_error if it can't be started.
  Process(const std::vector<std::string>& arguments, const std::filesystem::path& folder, int pipe_size = 65536);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  Process(Process&&) = delete;
  Process& operator=(Process&&) = delete;
  ~Process();

  /// Reads until the text is in standard output, or nothing more comes. Returns whether it is there.
  bool wait_for_output(std::string_view text);
  /// The same of standard error.
  bool wait_for_error(std::string_view text);
  /// What was read of standard output by now.
  const std::string& output() const noexcept { return outcome_.out; }
  void send(int signal) const;
  /// Waits until the process has taken a signal that was sent to it: none is pending any more.
  void wait_until_taken(int signal) const;
  /// True once the process has ended, whatever is left to read of it.
  bool has_ended() const;
  /// Waits for the process to end of itself, without reading. Returns the status as in Outcome.
  int wait_without_reading();
  /// Reads to the end and waits for it.
  Outcome wait();

 private:
  using Clock = std::chrono::steady_clock;
  /// Reads what there is, waiting for some. Returns false at the end of both outputs.
  bool read_some();
  int reap();

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  Clock::time_point deadline_;
  Outcome outcome_;
};

/// Runs a program to its end.
Outcome run(const std::vector<std::string>& arguments, const std::filesystem::path& folder);

/// The number of lines; what follows the last line's end counts as one.
std::size_t lines_in(std::string_view text);

}  // namespace inferqueue::testing
