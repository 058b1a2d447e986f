// An order that is the same on every run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

namespace inferqueue::accuracy {

/// The indices of the items in descending order of their scores; of equal scores, the earlier first. Scores must not be
/// NaN. (What std::stable_sort would do, whose buffer the standard library itself calls deprecated.) Thread rules: a
/// pure function.
template <class Item, class Score>
std::vector<std::size_t> best_first(std::span<const Item> items, Score score) {
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const auto score_a = std::invoke(score, items[a]);
    const auto score_b = std::invoke(score, items[b]);
    return score_a != score_b ? score_a > score_b : a < b;
  });
  return order;
}

}  // namespace inferqueue::accuracy
