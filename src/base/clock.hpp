// The clock that the core reads, and that its waits end by.
#pragma once

#include <chrono>

#include "base/native.hpp"

namespace inferqueue::base {

/// std::chrono::steady_clock. Its time_point and duration are steady_clock's whatever the clock is made of.
using Clock = native::Clock;

}  // namespace inferqueue::base
