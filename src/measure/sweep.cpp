#include "measure/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace inferqueue::measure {

std::size_t knee_of(std::span<const double> throughputs) {
  if (throughputs.empty()) throw std::invalid_argument("the knee of no curve");
  const double enough = 0.95 * *std::ranges::max_element(throughputs);
  return static_cast<std::size_t>(std::ranges::find_if(throughputs, [&](double it) { return it >= enough; }) -
                                  throughputs.begin());
}

bool holds(const Cell& cell, std::optional<double> most_p99_us) {
  if (cell.unsent() > 0 || cell.failures() > 0 || cell.recording->latency().count() == 0) return false;
  const std::chrono::duration<double, std::micro> p99 = cell.recording->latency().percentile(99);
  return !most_p99_us || p99.count() <= *most_p99_us;
}

const Cell* highest_that_holds(std::span<const Cell> cells, std::optional<double> most_p99_us) {
  const Cell* highest = nullptr;
  for (const Cell& cell : cells) {
    if (!holds(cell, most_p99_us)) break;
    highest = &cell;
  }
  return highest;
}

}  // namespace inferqueue::measure
