// How many infer requests somebody may ask for.
#pragma once

#include <cstddef>

namespace inferqueue::pipeline {

/// Checks a number of infer requests as typed: 0 (the device's choice) to QueueOptions::max_jobs. Throws
/// base::OptionError. Thread rules: a pure function.
std::size_t checked_jobs(long long jobs);

}  // namespace inferqueue::pipeline
