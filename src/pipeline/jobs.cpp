#include "pipeline/jobs.hpp"

#include <fmt/format.h>

#include <inferqueue/options.hpp>

#include "base/user_error.hpp"

namespace inferqueue::pipeline {

std::size_t checked_jobs(long long jobs) {
  if (jobs < 0 || jobs > static_cast<long long>(QueueOptions::max_jobs))
    throw base::OptionError(
        fmt::format("--nireq {}: give 0 (the device's choice) to {}", jobs, QueueOptions::max_jobs));
  return static_cast<std::size_t>(jobs);
}

}  // namespace inferqueue::pipeline
