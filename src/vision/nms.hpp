// Greedy non-maximum suppression.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vision/detection.hpp"

namespace inferqueue::vision {

struct NmsOptions {
  float iou = 0.45F;           ///< A box is suppressed by a better one that it overlaps by more than this.
  std::size_t max_det = 1000;  ///< At most so many are kept, the best.
  /// Only these class ids; empty means all.
  // NOLINTNEXTLINE(readability-redundant-member-init): g++ warns where a member without an initializer is left out
  std::span<const int> classes = {};
  bool agnostic = false;  ///< Boxes of different classes suppress each other too.
  bool suppress = true;   ///< Without, boxes only are chosen and sorted: those that overlap stay.
};

/// Keeps the best of the boxes that overlap, with the meaning of YOLOv5's non_max_suppression: candidates of the wanted
/// classes are sorted by score, the best 30000 are looked at, and each is kept unless a kept one of its class overlaps
/// it by more than the threshold. Equal scores keep the order in which they came, so that the result is the same on
/// every run.
///
/// An object keeps its scratch memory from call to call and allocates nothing once that is large enough. Thread rules:
/// one call at a time per object.
class Nms {
 public:
  static constexpr std::size_t kMaxCandidates = 30000;

  /// The kept candidates, best first; valid until the next call. Scores must not be NaN, class ids not negative.
  /// Time: n log n to sort n candidates, and n times the kept ones of a class.
  std::span<const Candidate> apply(std::span<const Candidate> candidates, const NmsOptions& options);

 private:
  static constexpr std::int32_t kEnd = -1;

  // A kept candidate's place in the list of its class, which runs through next from the best to the worst.
  struct Link {
    Box box;
    float area = 0;
    std::int32_t next = kEnd;
  };
  struct List {
    std::int32_t first = kEnd;
    std::int32_t last = kEnd;
  };

  void sort(std::span<const Candidate> candidates, std::span<const int> classes);
  bool suppressed(const Box& box, float box_area, const List& list, float threshold) const;
  void keep(const Candidate& candidate, float box_area, List& list);

  std::vector<std::uint64_t> order_;  // score and index of the wanted candidates, best first
  std::vector<List> lists_;           // one per class
  std::vector<Link> links_;           // parallel to kept_
  std::vector<Candidate> kept_;
};

}  // namespace inferqueue::vision
