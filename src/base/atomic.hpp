// The atomic that the core uses.
#pragma once

#include <atomic>  // std::memory_order

#include "base/native.hpp"

namespace inferqueue::base {

/// std::atomic.
template <class T>
using Atomic = native::Atomic<T>;

}  // namespace inferqueue::base
