// Suppression, against the few lines that say what it means.
// Seed: maximum, iou, agnostic (a flag), wanted class, and for each candidate its class, score, x, y, width and height.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "vision/nms.hpp"

namespace inferqueue::fuzz {
namespace {

using vision::Candidate;

constexpr std::size_t most_candidates = 200;

float finite(Input& input) {
  const float value = input.number();
  return std::isfinite(value) ? value : 0;
}

std::vector<Candidate> expected(const std::vector<Candidate>& candidates, const vision::NmsOptions& options) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return candidates[a].score > candidates[b].score || (candidates[a].score == candidates[b].score && a < b);
  });
  std::vector<Candidate> kept;
  for (const std::size_t i : order) {
    const Candidate& candidate = candidates[i];
    if (kept.size() == options.max_det) break;
    if (!options.classes.empty() && std::ranges::count(options.classes, candidate.class_id) == 0) continue;
    const bool suppressed = std::ranges::any_of(kept, [&](const Candidate& better) {
      return (options.agnostic || better.class_id == candidate.class_id) &&
             vision::iou(candidate.box, better.box) > options.iou;
    });
    if (!suppressed) kept.push_back(candidate);
  }
  return kept;
}

}  // namespace

void run(Input input) {
  vision::NmsOptions options;
  options.max_det = input.whole_to(1000);
  options.iou = share(input);
  options.agnostic = input.flag();
  const std::vector<int> wanted(1, static_cast<int>(input.whole_to(100)) - 1);
  if (wanted.front() >= 0) options.classes = wanted;
  std::vector<Candidate> candidates;
  while (!input.empty() && candidates.size() < most_candidates) {
    Candidate& candidate = candidates.emplace_back();
    candidate.class_id = input.byte() % 8;
    candidate.score = finite(input);
    vision::Box& box = candidate.box;
    box.x1 = finite(input);
    box.y1 = finite(input);
    box.x2 = box.x1 + std::fabs(finite(input));
    box.y2 = box.y1 + std::fabs(finite(input));
    if (!std::isfinite(box.x2) || !std::isfinite(box.y2)) box = {};
  }
  vision::Nms nms;
  for (int time = 0; time < 2; ++time) {  // the second with the memory of the first
    const auto kept = nms.apply(candidates, options);
    require(std::ranges::equal(kept, expected(candidates, options)), "what is kept is what the definition keeps");
  }
}

}  // namespace inferqueue::fuzz
