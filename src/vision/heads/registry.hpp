// The detection heads that are known.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "vision/heads/head.hpp"

namespace inferqueue::vision {

/// The layouts that are known, in the order in which help texts list them. Thread rules: a pure function.
std::span<const Layout* const> layouts();

/// What stands for "by the output" among the options of layouts().
inline constexpr std::string_view kAutoHead = "auto";

/// Whether there is such an option: kAutoHead or a layout's. Thread rules: a pure function.
bool is_head_option(std::string_view option);

/// All of them, as "auto, yolov5, …". Thread rules: a pure function.
std::string head_options();

/// The head for an output; or the explanation why there is none, which names the shape and the layouts that would fit.
/// With kAutoHead it is the layout that fits best, if it is at least likely and no other fits as well; else the one of
/// that option, if it is at least possible. Throws std::invalid_argument for an option that there isn't.
/// Thread rules: a pure function.
Recognition recognize(const OutputFacts& facts, std::string_view option = kAutoHead);

}  // namespace inferqueue::vision
