// Compiled once for each set of vector instructions: Highway includes this file into itself.
#include "vision/resample_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "vision/bf16.hpp"

// The first have vectors of no fixed length, which neighbours could not be put together in; the last gain nothing.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_SSSE3 | HWY_AVX3_DL)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "vision/resample_kernels.cpp"  // NOLINT(bugprone-suspicious-include)
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace inferqueue::vision::HWY_NAMESPACE {
namespace {

/// How far one pixel is from the next.
constexpr std::size_t values_of_pixel(const PlanesView& /*planes*/) {
  return 1;
}
constexpr std::size_t values_of_pixel(const PixelsView& /*pixels*/) {
  return 3;
}

// So many pixels of `channels` bytes, to `at` and the places after it.

template <std::size_t channels>
HWY_INLINE void write_row_singly(const std::uint8_t* bgr, std::size_t width, const PlanesView& planes, std::size_t at) {
  for (std::size_t x = 0; x < width; ++x) {
    planes.blue[at + x] = bgr[channels * x];
    planes.green[at + x] = bgr[channels * x + 1];
    planes.red[at + x] = bgr[channels * x + 2];
  }
}

template <std::size_t channels>
HWY_INLINE void write_row_singly(const std::uint8_t* bgr, std::size_t width, const PixelsView& view, std::size_t at) {
  for (std::size_t x = 0; x < width; ++x)
    for (std::size_t c = 0; c < 3; ++c) view.pixels[at + 3 * x + c] = share_of_255(bgr[channels * x + 2 - c]);
}

#if HWY_TARGET == HWY_SCALAR

// What the vectors below do, one by one: for processors without any, and to be read first.

HWY_INLINE void resample_row(const std::uint8_t* row, const std::uint8_t* /*later*/, const Resample::Plan& plan,
                             std::int16_t* sums) {
  for (std::size_t x = 0; x < plan.columns; ++x) {
    const std::uint8_t* const pixel = row + plan.offsets[x];
    const std::int16_t* const weights = (x % 2 == 0 ? plan.even : plan.odd).get() + x / 2 * 8;
    for (std::size_t c = 0; c < 4; ++c)
      sums[4 * x + c] = static_cast<std::int16_t>((pixel[c] * weights[2 * c] + pixel[c + 3] * weights[2 * c + 1]) >> 4);
  }
}

HWY_INLINE void blend_rows(const std::int16_t* upper, const std::int16_t* lower, const Resample::Tap& tap,
                           std::size_t length, std::uint8_t* out) {
  for (std::size_t i = 0; i < length; ++i)
    out[i] =
        static_cast<std::uint8_t>((((upper[i] * tap.weights[0]) >> 16) + ((lower[i] * tap.weights[1]) >> 16) + 2) >> 2);
}

template <std::size_t channels, class View>
HWY_INLINE void write_row(const std::uint8_t* bgr, std::size_t width, const View& view, std::size_t at) {
  write_row_singly<channels>(bgr, width, view, at);
}

#else

namespace hn = hwy::HWY_NAMESPACE;
using D8 = hn::ScalableTag<std::uint8_t>;
using D16 = hn::Repartition<std::int16_t, D8>;
using D32 = hn::Repartition<std::int32_t, D8>;
using DShare = hn::Repartition<std::uint16_t, D8>;  // bf16 as bits
constexpr std::size_t kLanes = hn::MaxLanes(D8());
static_assert(kColumnsAtOnce % kLanes == 0);

/// A block of 16 bytes for each pair of columns, as many as fit into a vector.
template <bool together, class D>
HWY_INLINE hn::Vec<D> load_pairs(D d, const std::uint8_t* row, const std::int32_t* offsets) {
  constexpr std::size_t columns = hn::MaxLanes(d) / 8;
  if constexpr (columns > 2) {
    const hn::Half<D> half;
    return hn::Combine(d, load_pairs<together>(half, row, offsets + columns / 2),
                       load_pairs<together>(half, row, offsets));
  } else if constexpr (together) {
    return hn::LoadU(d, row + offsets[0]);
  } else {
    const hn::Half<D> one;
    return hn::Combine(d, hn::LoadU(one, row + offsets[1]), hn::LoadU(one, row + offsets[0]));
  }
}

/// The sums of pairs of products, without their last four bits.
HWY_INLINE hn::Vec<D32> weigh(hn::Vec<D8> pairs, const std::int16_t* weights) {
  const D32 d32;
  hn::Vec<D32> rest = hn::Zero(d32);
  const auto sums =
      hn::ReorderWidenMulAccumulate(d32, hn::BitCast(D16(), pairs), hn::Load(D16(), weights), hn::Zero(d32), rest);
  return hn::ShiftRight<4>(hn::RearrangeToOddPlusEven(sums, rest));
}

template <bool together>
HWY_INLINE void resample_row_as(const std::uint8_t* row, const std::uint8_t* later, const Resample::Plan& plan,
                                std::int16_t* sums) {
  constexpr std::size_t columns = kLanes / 8;
  HWY_ALIGN static constexpr auto even_picks = kEvenPicks;
  const auto even = hn::LoadDup128(D8(), even_picks.data());
  const std::int32_t* const offsets = plan.offsets.get();
  const std::uint8_t* const odd = plan.picks.get();
  const std::int16_t* const even_weights = plan.even.get();
  const std::int16_t* const odd_weights = plan.odd.get();
  const std::size_t end = plan.columns;
  for (std::size_t x = 0; x < end; x += columns) {
    hwy::Prefetch(later + offsets[x]);
    const auto pairs = load_pairs<together>(D8(), row, offsets + x);
    const auto first = weigh(hn::TableLookupBytesOr0(pairs, even), even_weights + 4 * x);
    const auto second = weigh(hn::TableLookupBytesOr0(pairs, hn::Load(D8(), odd + 8 * x)), odd_weights + 4 * x);
    hn::Store(hn::ReorderDemote2To(D16(), first, second), D16(), sums + 4 * x);
  }
}

/// One row of the source, resized in its own direction: four sums a column. Meanwhile a later row comes into the cache.
HWY_INLINE void resample_row(const std::uint8_t* row, const std::uint8_t* later, const Resample::Plan& plan,
                             std::int16_t* sums) {
  if (plan.together)
    resample_row_as<true>(row, later, plan, sums);
  else
    resample_row_as<false>(row, later, plan, sums);
}

/// Two such rows, weighed: four bytes a pixel.
HWY_INLINE void blend_rows(const std::int16_t* upper, const std::int16_t* lower, const Resample::Tap& tap,
                           std::size_t length, std::uint8_t* out) {
  const D16 d;
  const auto upper_weight = hn::Set(d, tap.weights[0]);
  const auto lower_weight = hn::Set(d, tap.weights[1]);
  const auto half = hn::Set(d, 2);
  for (std::size_t i = 0; i < length; i += hn::MaxLanes(d)) {
    const auto sum =
        hn::Add(hn::MulHigh(hn::Load(d, upper + i), upper_weight), hn::MulHigh(hn::Load(d, lower + i), lower_weight));
    const hn::Rebind<std::uint8_t, D16> bytes;
    hn::Store(hn::DemoteTo(bytes, hn::ShiftRight<2>(hn::Add(sum, half))), bytes, out + i);
  }
}

template <std::size_t channels>
HWY_INLINE void load_pixels(const std::uint8_t* bgr, hn::Vec<D8>& blue, hn::Vec<D8>& green, hn::Vec<D8>& red) {
  const D8 d;
  if constexpr (channels == 3) {
    hn::LoadInterleaved3(d, bgr, blue, green, red);
  } else {
    hn::Vec<D8> nothing;
    hn::LoadInterleaved4(d, bgr, blue, green, red, nothing);
  }
}

/// share_of_255() of half a vector of bytes.
HWY_INLINE hn::Vec<DShare> shares(const std::uint8_t* bytes) {
  const D32 integers;
  const hn::RebindToFloat<D32> floats;
  const hn::Rebind<std::uint8_t, D32> few;
  const auto rounded = [&](const std::uint8_t* some) {
    const auto its =
        hn::Mul(hn::ConvertTo(floats, hn::PromoteTo(integers, hn::LoadU(few, some))), hn::Set(floats, kShare));
    return hn::BitCast(DShare(), hn::Add(hn::BitCast(integers, its), hn::Set(integers, kHalf)));
  };
  return hn::ConcatOdd(DShare(), rounded(bytes + hn::MaxLanes(few)), rounded(bytes));
}

HWY_INLINE void store_pixels(hn::Vec<D8> blue, hn::Vec<D8> green, hn::Vec<D8> red, const PlanesView& planes,
                             std::size_t at) {
  hn::StoreU(blue, D8(), planes.blue + at);
  hn::StoreU(green, D8(), planes.green + at);
  hn::StoreU(red, D8(), planes.red + at);
}

HWY_INLINE void store_pixels(hn::Vec<D8> blue, hn::Vec<D8> green, hn::Vec<D8> red, const PixelsView& view,
                             std::size_t at) {
  HWY_ALIGN std::array<std::uint8_t, 3 * kLanes> rgb{};
  hn::StoreInterleaved3(red, green, blue, D8(), rgb.data());
  auto* const out = reinterpret_cast<std::uint16_t*>(view.pixels + at);
  for (std::size_t i = 0; i < rgb.size(); i += kLanes / 2) hn::StoreU(shares(rgb.data() + i), DShare(), out + i);
}

/// The last vector overlaps the one before it.
template <std::size_t channels, class View>
HWY_INLINE void write_row(const std::uint8_t* bgr, std::size_t width, const View& view, std::size_t at) {
  if (width < kLanes) return write_row_singly<channels>(bgr, width, view, at);
  for (std::size_t x = 0;; x = std::min(x + kLanes, width - kLanes)) {
    hn::Vec<D8> blue;
    hn::Vec<D8> green;
    hn::Vec<D8> red;
    load_pixels<channels>(bgr + channels * x, blue, green, red);
    store_pixels(blue, green, red, view, at + x * values_of_pixel(view));
    if (x + kLanes == width) return;
  }
}

#endif

template <class View>
HWY_INLINE void copy_all(const BgrView& picture, const View& view) {
  for (std::size_t y = 0; y < static_cast<std::size_t>(picture.size.height); ++y)
    write_row<3>(picture.pixels + y * picture.stride, static_cast<std::size_t>(picture.size.width), view,
                 y * view.stride);
}

/// The rows of sums that are at hand: of the source's rows the two latest, for they are asked for in ascending order.
class Rows {
 public:
  Rows(const BgrView& picture, const Resample::Plan& plan, Resample::Scratch& scratch)
      : picture_(picture), plan_(plan), scratch_(scratch) {
    const auto last = static_cast<std::size_t>(picture.size.height - 1);
    end_ = picture.pixels + last * picture.stride + 3 * static_cast<std::size_t>(picture.size.width);
  }

  const std::int16_t* at(int y, int later) {
    for (std::size_t i = 0; i < 2; ++i)
      if (held_[i] == y) return scratch_.sums[i].get();
    const std::size_t i = held_[0] < held_[1] ? 0 : 1;
    held_[i] = y;
    resample_row(source(static_cast<std::size_t>(y)),
                 picture_.pixels + static_cast<std::size_t>(later) * picture_.stride, plan_, scratch_.sums[i].get());
    return scratch_.sums[i].get();
  }

 private:
  /// A row of which all that is read may be read: a copy, where the picture ends too soon.
  const std::uint8_t* source(std::size_t y) {
    const std::uint8_t* const row = picture_.pixels + y * picture_.stride;
    const std::size_t length = 3 * static_cast<std::size_t>(picture_.size.width);
    if (static_cast<std::size_t>(end_ - row) >= length + kReadAtOnce) return row;
    std::memcpy(scratch_.source.data(), row, length);
    return scratch_.source.data();
  }

  const BgrView& picture_;
  const Resample::Plan& plan_;
  Resample::Scratch& scratch_;
  const std::uint8_t* end_;
  std::array<int, 2> held_{-1, -1};
};

/// A row of the source is asked for so many rows of the target before it is needed. Of the source's memory much is
/// skipped when a picture becomes smaller, so that the processor doesn't foresee what is read next.
constexpr std::size_t kRowsAhead = 4;

template <class View>
HWY_INLINE void resample_all(const BgrView& picture, const View& view, const Resample::Plan& plan,
                             Resample::Scratch& scratch) {
  Rows rows(picture, plan, scratch);
  for (std::size_t y = 0; y < plan.rows.size(); ++y) {
    const Resample::Tap& tap = plan.rows[y];
    const Resample::Tap& later = plan.rows[std::min(y + kRowsAhead, plan.rows.size() - 1)];
    const std::int16_t* const upper = rows.at(tap.first, later.first);
    blend_rows(upper, rows.at(tap.second, later.second), tap, 4 * plan.columns, scratch.resized.get());
    write_row<4>(scratch.resized.get(), static_cast<std::size_t>(plan.target.width), view, y * view.stride);
  }
}

void copy_to_planes(const BgrView& picture, const PlanesView& planes) {
  copy_all(picture, planes);
}

void copy_to_pixels(const BgrView& picture, const PixelsView& pixels) {
  copy_all(picture, pixels);
}

void resample_to_planes(const BgrView& picture, const PlanesView& planes, const Resample::Plan& plan,
                        Resample::Scratch& scratch) {
  resample_all(picture, planes, plan, scratch);
}

void resample_to_pixels(const BgrView& picture, const PixelsView& pixels, const Resample::Plan& plan,
                        Resample::Scratch& scratch) {
  resample_all(picture, pixels, plan, scratch);
}

}  // namespace
}  // namespace inferqueue::vision::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace inferqueue::vision {

HWY_EXPORT(copy_to_planes);
HWY_EXPORT(copy_to_pixels);
HWY_EXPORT(resample_to_planes);
HWY_EXPORT(resample_to_pixels);

void copy_picture(const BgrView& picture, const PlanesView& planes) {
  HWY_DYNAMIC_DISPATCH(copy_to_planes)(picture, planes);
}

void copy_picture(const BgrView& picture, const PixelsView& pixels) {
  HWY_DYNAMIC_DISPATCH(copy_to_pixels)(picture, pixels);
}

void resample_picture(const BgrView& picture, const PlanesView& planes, const Resample::Plan& plan,
                      Resample::Scratch& scratch) {
  HWY_DYNAMIC_DISPATCH(resample_to_planes)(picture, planes, plan, scratch);
}

void resample_picture(const BgrView& picture, const PixelsView& pixels, const Resample::Plan& plan,
                      Resample::Scratch& scratch) {
  HWY_DYNAMIC_DISPATCH(resample_to_pixels)(picture, pixels, plan, scratch);
}

}  // namespace inferqueue::vision
#endif
