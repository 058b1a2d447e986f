// A file of its own, so that no compiler sees memory of one operator new freed by another delete.
#include "core/scarce_memory.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

/// How many more allocations of this thread succeed; negative: all.
thread_local int allocations_left = -1;
thread_local bool has_failed = false;
std::atomic<std::size_t> all_allocations{0};

void* allocate(std::size_t size, std::size_t alignment) {
  if (allocations_left == 0) {
    has_failed = true;
    throw std::bad_alloc();
  }
  if (allocations_left > 0) --allocations_left;
  all_allocations.fetch_add(1, std::memory_order_relaxed);
  void* const memory = alignment > alignof(std::max_align_t)
                           ? std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
                           : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  std::free(memory);
}

namespace inferqueue::testing {

MemoryFor::MemoryFor(int allocations) noexcept {
  has_failed = false;
  allocations_left = allocations;
}

MemoryFor::~MemoryFor() {
  allocations_left = -1;
}

bool MemoryFor::has_run_out() noexcept {
  return has_failed;
}

std::size_t Allocations::total() noexcept {
  return all_allocations.load();
}

}  // namespace inferqueue::testing
