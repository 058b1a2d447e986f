// What a row of cells shows: over the number of requests, and over rates.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "measure/comparison.hpp"

namespace inferqueue::measure {

/// Of throughputs over growing numbers of requests, the first that reaches 95 % of the largest: more requests cost
/// latency and bring next to nothing. Throws std::invalid_argument for none. Thread rules: a pure function.
std::size_t knee_of(std::span<const double> throughputs);

/// True if the cell had requests, all could be sent, none failed, and 99 % of them took no longer than the bound.
bool holds(const Cell& cell, std::optional<double> most_p99_us);

/// Of cells over growing rates, the last before the first that doesn't hold; nullptr if the first doesn't.
const Cell* highest_that_holds(std::span<const Cell> cells, std::optional<double> most_p99_us);

}  // namespace inferqueue::measure
