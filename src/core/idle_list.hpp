// The idle slots, first in, first out.
#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

#include "core/record.hpp"

namespace inferqueue::core {

/// A ring of at most `slots` ids: it never allocates after construction. Thread rules: guarded by the engine's mutex.
class IdleList {
 public:
  explicit IdleList(std::size_t slots) : ring_(slots), count_(slots) {
    std::iota(ring_.begin(), ring_.end(), SlotId{0});
  }

  bool empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept { return count_; }
  SlotId front() const noexcept { return ring_[head_]; }

  SlotId pop() noexcept {
    const SlotId slot = ring_[head_];
    head_ = (head_ + 1) % ring_.size();
    --count_;
    return slot;
  }
  void push(SlotId slot) noexcept {
    ring_[(head_ + count_) % ring_.size()] = slot;
    ++count_;
  }

 private:
  std::vector<SlotId> ring_;
  std::size_t head_ = 0;
  std::size_t count_;
};

}  // namespace inferqueue::core
