// Allocations that fail.
#pragma once

namespace inferqueue::testing {

/// From its construction to its destruction only so many allocations of this thread succeed; the next throw
/// std::bad_alloc. For programs that are linked with scarce_memory.cpp, which replaces operator new. One at a time in a
/// thread.
class MemoryFor {
 public:
  explicit MemoryFor(int allocations) noexcept;
  ~MemoryFor();
  MemoryFor(const MemoryFor&) = delete;
  MemoryFor& operator=(const MemoryFor&) = delete;
  MemoryFor(MemoryFor&&) = delete;
  MemoryFor& operator=(MemoryFor&&) = delete;

  /// True if an allocation of this thread has failed since its latest MemoryFor was made.
  static bool has_run_out() noexcept;
};

}  // namespace inferqueue::testing
