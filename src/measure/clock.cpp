#include "measure/clock.hpp"

#include <sys/resource.h>

namespace inferqueue::measure {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

Stopwatch::Stopwatch() : wall_(std::chrono::steady_clock::now()), cpu_s_(cpu_seconds()) {}

Elapsed Stopwatch::elapsed() const {
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count(), cpu_seconds() - cpu_s_};
}

}  // namespace inferqueue::measure
