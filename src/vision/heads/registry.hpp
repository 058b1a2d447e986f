// The detection heads that are known.
#pragma once

#include <cstddef>
#include <span>

#include "vision/heads/head.hpp"

namespace inferqueue::vision {

/// The head for a network's only output, from the output's shape and the input's size; or the explanation why there is
/// none, which names the shape and, for a layout that is known but not supported yet, the layout.
/// Thread rules: a pure function.
Recognition recognize(std::span<const std::size_t> output_shape, Size network);

}  // namespace inferqueue::vision
