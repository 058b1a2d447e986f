#include "vision/nms.hpp"

#include <algorithm>
#include <bit>

namespace inferqueue::vision {
namespace {

// Ascending keys are descending scores, then ascending indices. The bits of a float order as the float does once the
// negative ones are turned around.
std::uint64_t sort_key(float score, std::uint32_t index) {
  const auto bits = std::bit_cast<std::uint32_t>(score + 0.F);  // -0 becomes 0
  const std::uint32_t ascending = (bits >> 31) != 0 ? ~bits : bits | 0x8000'0000U;
  return (static_cast<std::uint64_t>(~ascending) << 32) | index;
}

std::uint32_t index_of(std::uint64_t key) {
  return static_cast<std::uint32_t>(key);
}

}  // namespace

std::span<const Candidate> Nms::apply(std::span<const Candidate> candidates, const NmsOptions& options) {
  sort(candidates, options.classes);
  lists_.clear();
  links_.clear();
  kept_.clear();
  for (const std::uint64_t key : order_) {
    if (kept_.size() == options.max_det) break;
    const Candidate& candidate = candidates[index_of(key)];
    if (!options.suppress) {
      kept_.push_back(candidate);
      continue;
    }
    const auto list_index = options.agnostic ? std::size_t{0} : static_cast<std::size_t>(candidate.class_id);
    if (list_index >= lists_.size()) lists_.resize(list_index + 1);
    List& list = lists_[list_index];
    const float box_area = area(candidate.box);
    if (!suppressed(candidate.box, box_area, list, options.iou)) keep(candidate, box_area, list);
  }
  return kept_;
}

void Nms::sort(std::span<const Candidate> candidates, std::span<const int> classes) {
  order_.clear();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (!classes.empty() && std::ranges::find(classes, candidate.class_id) == classes.end()) continue;
    order_.push_back(sort_key(candidate.score, static_cast<std::uint32_t>(i)));
  }
  if (order_.size() > kMaxCandidates) {
    std::ranges::nth_element(order_, order_.begin() + static_cast<std::ptrdiff_t>(kMaxCandidates));
    order_.resize(kMaxCandidates);
  }
  std::ranges::sort(order_);
}

bool Nms::suppressed(const Box& box, float box_area, const List& list, float threshold) const {
  for (std::int32_t i = list.first; i != kEnd;) {
    const Link& link = links_[static_cast<std::size_t>(i)];
    const float shared = intersection(box, link.box);
    if (shared > 0 && shared / (box_area + link.area - shared) > threshold) return true;
    i = link.next;
  }
  return false;
}

void Nms::keep(const Candidate& candidate, float box_area, List& list) {
  const auto index = static_cast<std::int32_t>(links_.size());
  if (list.first == kEnd) {
    list.first = index;
  } else {
    links_[static_cast<std::size_t>(list.last)].next = index;
  }
  list.last = index;
  links_.push_back({candidate.box, box_area, kEnd});
  kept_.push_back(candidate);
}

}  // namespace inferqueue::vision
