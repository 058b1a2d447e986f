// Puts results that come in any order back into the order of the input, with a bound on how many are under way.
//
// Invariants (under mutex_):
//  1. Result i lies in ring_[i % size]; exactly the indices [delivered_, reserved_) are under way.
//  2. reserved_ - delivered_ <= size: reserve() waits.
//  3. A result is written by its producer until finish(i), and afterwards only by take().
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/mutex.hpp"
#include "pipeline/result.hpp"

namespace inferqueue::pipeline {

/// Thread rules: one thread reserves, any threads finish, one takes.
class OrderedResults {
 public:
  explicit OrderedResults(std::size_t size) : ring_(size) {}

  /// The number of the next result; waits until there is room for it. Nothing if close() was called.
  std::optional<std::size_t> reserve();
  /// A result that is under way, for its producer.
  PictureResult& at(std::size_t index);
  /// The result is complete. Nothing may touch it afterwards but take().
  void finish(std::size_t index);
  /// No more will be reserved.
  void close();
  /// The next result in order; waits for it. Nothing once all that were reserved have been taken and close() was
  /// called.
  std::optional<PictureResult> take();

 private:
  struct Entry {
    PictureResult result;
    bool finished = false;
  };

  base::Mutex mutex_;
  base::CondVar room_;
  base::CondVar ready_;
  std::vector<Entry> ring_ INFERQUEUE_GUARDED_BY(mutex_);
  std::size_t reserved_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  std::size_t delivered_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  bool closed_ INFERQUEUE_GUARDED_BY(mutex_) = false;
};

}  // namespace inferqueue::pipeline
