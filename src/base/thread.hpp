// The thread that the core makes.
#pragma once

#include "base/native.hpp"

namespace inferqueue::base {

/// std::jthread, of which the core uses this: it runs the callable that it is made from, can be moved, and is joined by
/// join() or by its destructor.
using Thread = native::Thread;

}  // namespace inferqueue::base
