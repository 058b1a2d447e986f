// Puts results that come in any order back into the order of each source, with a bound on how many are under way.
//
// Invariants (under mutex_), for each source:
//  1. Result i lies in ring[i % size]; exactly the indices [delivered, reserved) are under way.
//  2. reserved - delivered <= size: wait_for_room() waits, and only its caller reserves.
//  3. A result is written by its producer until finish(i), and afterwards only by take().
//  4. Nothing is reserved after end(); `told` only when everything before it has been taken.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "pipeline/result.hpp"

namespace inferqueue::pipeline {

/// What take() has taken. Thread rules: a plain value.
struct Delivery {
  enum class Kind { result, note, end };
  Kind kind = Kind::result;
  std::size_t source = 0;
  std::string text = {};  // NOLINT(readability-redundant-member-init): so that {.kind = …} doesn't warn
};

/// Thread rules: for each source one thread waits for room, reserves, notes and ends; any threads finish; one takes.
class OrderedResults {
 public:
  /// For each source, how many of its results may be under way.
  explicit OrderedResults(std::span<const std::size_t> sizes);

  /// Waits until one more of the source may be reserved. False if abandon() was called.
  bool wait_for_room(std::size_t source);
  /// The number of the source's next result. Call it once after each wait_for_room().
  std::size_t reserve(std::size_t source);
  /// A result that is under way, for its producer.
  PictureResult& at(std::size_t source, std::size_t index);
  /// The result is complete. Nothing may touch it afterwards but take().
  void finish(std::size_t source, std::size_t index);
  /// Something to be told of the source, before results that are not finished yet.
  void note(std::size_t source, std::string text);
  /// No more of the source will be reserved; `text` says why where that is a failure.
  void end(std::size_t source, std::string text);
  /// Nobody will take any more: wakes those who wait for room.
  void abandon();

  /// The next result of a source, exchanged for `result` (whose memory is used for a later one), the next note, or the
  /// end of a source, once for each; waits for one. The sources have their turns. Nothing once all have ended.
  std::optional<Delivery> take(PictureResult& result);

 private:
  struct Entry {
    PictureResult result;
    bool finished = false;
  };
  struct Line {
    std::vector<Entry> ring;
    std::size_t reserved = 0;
    std::size_t delivered = 0;
    std::vector<std::string> notes;
    std::optional<std::string> ended;
    bool told = false;  // its end was taken
    base::CondVar room;
  };

  std::optional<Delivery> take_from(std::size_t source, PictureResult& result) INFERQUEUE_REQUIRES(mutex_);

  base::Mutex mutex_;
  base::CondVar ready_;
  std::vector<Line> lines_ INFERQUEUE_GUARDED_BY(mutex_);
  std::size_t turn_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  std::size_t told_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  bool abandoned_ INFERQUEUE_GUARDED_BY(mutex_) = false;
};

}  // namespace inferqueue::pipeline
