#include "vision/heads/registry.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "vision/heads/end_to_end.hpp"
#include "vision/heads/yolov5.hpp"
#include "vision/heads/yolov8.hpp"

namespace inferqueue::vision {
namespace {

constexpr std::array kLayouts{
    &kYolov5Layout,
    &kYolov8Layout,
    &kYolov8TransposedLayout,
    &kEndToEndLayout,
};

std::string text_of(std::span<const std::size_t> shape) {
  std::vector<std::string> parts;
  for (const std::size_t size : shape) parts.push_back(size == kDynamic ? "?" : fmt::format("{}", size));
  return fmt::format("[{}]", fmt::join(parts, ","));
}

/// The layouts that fit at least so well.
std::vector<const Layout*> fitting(const OutputFacts& facts, Fit least) {
  std::vector<const Layout*> found;
  std::ranges::copy_if(kLayouts, std::back_inserter(found),
                       [&](const Layout* layout) { return layout->fit(facts) >= least; });
  return found;
}

/// As "--head yolov5 or --head end2end".
std::string options_of(const std::vector<const Layout*>& layouts) {
  std::string text;
  for (const Layout* layout : layouts) text += fmt::format("{}--head {}", text.empty() ? "" : " or ", layout->option);
  return text;
}

/// As "YOLOv5's [1,N,5+classes] or YOLOv8's …".
std::string shapes_of(std::span<const Layout* const> layouts) {
  std::string text;
  for (const Layout* layout : layouts)
    text += fmt::format("{}{} {}", text.empty() ? "" : " or ", layout->name, layout->shape);
  return text;
}

std::string not_known(const OutputFacts& facts) {
  std::string text = fmt::format("the output {} for an input of {} by {} pixels is not that of a known detector",
                                 text_of(facts.shape), facts.network.width, facts.network.height);
  if (facts.classes) text += fmt::format(" with the {} classes that the model names", *facts.classes);
  text += fmt::format(": {}", shapes_of(kLayouts));
  if (const auto possible = fitting(facts, Fit::possible); !possible.empty())
    text += fmt::format("; {} reads it all the same", options_of(possible));
  return text;
}

Recognition recognize_by_itself(const OutputFacts& facts) {
  Fit best = Fit::none;
  for (const Layout* layout : kLayouts) best = std::max(best, layout->fit(facts));
  if (best < Fit::likely) return {nullptr, Fit::none, not_known(facts)};
  const auto found = fitting(facts, best);
  if (found.size() == 1) return {found.front()->make(facts), best, {}};
  return {
      nullptr, Fit::none,
      fmt::format("the output {} may be {}; {} says which", text_of(facts.shape), shapes_of(found), options_of(found))};
}

Recognition recognize_as(const Layout& layout, const OutputFacts& facts) {
  if (const Fit fit = layout.fit(facts); fit != Fit::none) return {layout.make(facts), fit, {}};
  const auto possible = fitting(facts, Fit::possible);
  return {nullptr, Fit::none,
          fmt::format("the output {} is not {} {}; {}", text_of(facts.shape), layout.name, layout.shape,
                      possible.empty() ? "no head that is known fits" : options_of(possible) + " would fit")};
}

}  // namespace

std::span<const Layout* const> layouts() {
  return kLayouts;
}

bool is_head_option(std::string_view option) {
  return option == kAutoHead || std::ranges::find(kLayouts, option, &Layout::option) != kLayouts.end();
}

std::string head_options() {
  std::string text(kAutoHead);
  for (const Layout* layout : kLayouts) text += fmt::format(", {}", layout->option);
  return text;
}

Recognition recognize(const OutputFacts& facts, std::string_view option) {
  if (option == kAutoHead) return recognize_by_itself(facts);
  const auto* const layout = std::ranges::find(kLayouts, option, &Layout::option);
  if (layout == kLayouts.end()) throw std::invalid_argument(fmt::format("there is no head '{}'", option));
  return recognize_as(**layout, facts);
}

}  // namespace inferqueue::vision
