// What a piece of work took.
#pragma once

#include <chrono>

namespace inferqueue::measure {

/// Wall time, and the processor time of the whole process (user and system, all threads), in seconds.
struct Elapsed {
  double wall_s = 0;
  double cpu_s = 0;
};

/// Runs from its construction. Thread rules: a plain value; processor time includes what other threads do meanwhile.
class Stopwatch {
 public:
  Stopwatch();
  Elapsed elapsed() const;

 private:
  std::chrono::steady_clock::time_point wall_;
  double cpu_s_;
};

}  // namespace inferqueue::measure
