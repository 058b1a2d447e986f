#include "vision/resample.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

#include "vision/resample_kernels.hpp"

namespace inferqueue::vision {
namespace {

constexpr float kUnit = 2048;      // what the weights of a pixel add up to
constexpr std::size_t kPairs = 4;  // a column's pairs of weights: blue, green, red, nothing
constexpr int kPixel = 3;          // bytes
constexpr std::size_t kPlans = 8;

// As cv::resize places pixels: their centres, in single precision.
Resample::Tap tap(int target, double scale, int length) {
  const auto at = static_cast<float>((target + 0.5) * scale - 0.5);
  const auto first = static_cast<int>(std::floor(at));
  const float rest = at - static_cast<float>(first);
  const auto weight = [](float share) { return static_cast<std::int16_t>(std::lrint(share * kUnit)); };
  return {std::clamp(first, 0, length - 1), std::clamp(first + 1, 0, length - 1), {weight(1 - rest), weight(rest)}};
}

/// Zeros.
template <class T>
Resample::Aligned<T> allocate(std::size_t count) {
  Resample::Aligned<T> memory = hwy::AllocateAligned<T>(count);
  if (!memory) throw std::bad_alloc();
  std::fill_n(memory.get(), count, T{});
  return memory;
}

double scale_of(int source, int target) {
  return 1 / (static_cast<double>(target) / source);
}

/// Where the bytes of the odd column of each pair lie among those that are read for both.
void plan_picks(Resample::Plan& plan) {
  const auto distance = [&](std::size_t pair) { return plan.offsets[2 * pair + 1] - plan.offsets[2 * pair]; };
  const std::size_t pairs = plan.columns / 2;
  plan.together = true;
  for (std::size_t pair = 0; pair < pairs; ++pair)
    plan.together = plan.together && distance(pair) + 2 * kPixel <= static_cast<int>(kReadAtOnce);
  plan.picks = allocate<std::uint8_t>(pairs * kEvenPicks.size());
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const int start = plan.together ? distance(pair) : static_cast<int>(kReadAtOnce / 2);
    for (std::size_t i = 0; i < kEvenPicks.size(); ++i) {
      const std::uint8_t pick = kEvenPicks[i];
      plan.picks[pair * kEvenPicks.size() + i] = pick == kNoPick ? pick : static_cast<std::uint8_t>(pick + start);
    }
  }
}

void plan_columns(Resample::Plan& plan) {
  const auto width = static_cast<std::size_t>(plan.target.width);
  plan.columns = (width + kColumnsAtOnce - 1) / kColumnsAtOnce * kColumnsAtOnce;
  plan.offsets = allocate<std::int32_t>(plan.columns);
  plan.even = allocate<std::int16_t>(plan.columns * kPairs);
  plan.odd = allocate<std::int16_t>(plan.columns * kPairs);
  for (std::size_t x = 0; x < plan.columns; ++x) {
    const int column = static_cast<int>(std::min(x, width - 1));  // the padding repeats the last one
    const Resample::Tap its = tap(column, scale_of(plan.source.width, plan.target.width), plan.source.width);
    plan.offsets[x] = kPixel * its.first;
    // The kernels read the pixel at the offset and the one after it. At the ends both are the same one.
    const auto [first, second] = its.weights;
    const bool same = its.first == its.second;
    std::int16_t* const weights = (x % 2 == 0 ? plan.even : plan.odd).get() + x / 2 * (2 * kPairs);
    for (std::size_t pair = 0; pair < kPairs; ++pair) {
      weights[2 * pair] = same ? static_cast<std::int16_t>(kUnit) : first;
      weights[2 * pair + 1] = same ? std::int16_t{0} : second;
    }
  }
  plan_picks(plan);
}

}  // namespace

const Resample::Plan& Resample::plan_for(Size source, Size target) {
  const auto is_it = [&](const Plan& plan) { return plan.source == source && plan.target == target; };
  const auto found = std::ranges::find_if(plans_, is_it);
  if (found != plans_.end()) {
    std::rotate(plans_.begin(), found, found + 1);
    return plans_.front();
  }
  Plan plan;
  plan.source = source;
  plan.target = target;
  plan_columns(plan);
  for (int y = 0; y < target.height; ++y)
    plan.rows.push_back(tap(y, scale_of(source.height, target.height), source.height));
  if (plans_.size() == kPlans) plans_.pop_back();
  plans_.insert(plans_.begin(), std::move(plan));
  return plans_.front();
}

void Resample::reserve(const Plan& plan) {
  if (scratch_.columns < plan.columns) {
    scratch_.columns = 0;  // if there is no memory
    for (Aligned<std::int16_t>& sums : scratch_.sums) sums = allocate<std::int16_t>(plan.columns * kPairs);
    scratch_.resized = allocate<std::uint8_t>(plan.columns * kPairs);
    scratch_.columns = plan.columns;
  }
  const std::size_t row = static_cast<std::size_t>(plan.source.width) * kPixel + kReadAtOnce;
  if (scratch_.source.size() < row) scratch_.source.resize(row);
}

template <class View>
void Resample::write(const BgrView& picture, const View& view, Size target) {
  if (picture.size == target) return copy_picture(picture, view);
  const Plan& plan = plan_for(picture.size, target);
  reserve(plan);
  resample_picture(picture, view, plan, scratch_);
}

template void Resample::write(const BgrView& picture, const PlanesView& view, Size target);
template void Resample::write(const BgrView& picture, const PixelsView& view, Size target);

}  // namespace inferqueue::vision
