// Allocations that fail, and that are counted.
#pragma once

#include <cstddef>

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

/// Counts the allocations by operator new of all threads, of the libraries too, from its construction on. For the same
/// programs. Thread rules: any.
class Allocations {
 public:
  Allocations() noexcept : before_(total()) {}
  std::size_t count() const noexcept { return total() - before_; }

 private:
  static std::size_t total() noexcept;
  std::size_t before_;
};

}  // namespace inferqueue::testing
