// The inner loops of Resample, for the vector instructions of the processor at hand.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "vision/resample.hpp"

namespace inferqueue::vision {

inline constexpr std::size_t kColumnsAtOnce = 64;  ///< a plan's columns are padded to a multiple of this
inline constexpr std::size_t kReadAtOnce = 16;     ///< bytes that are read from a column's offset on, at most

/// Which bytes of those that are read for a pair of columns belong to the even one, as numbers of 16 bits: blue of the
/// pixel and of its right neighbour, green, red.
inline constexpr std::uint8_t kNoPick = 0x80;
inline constexpr std::array<std::uint8_t, 16> kEvenPicks{0, kNoPick, 3, kNoPick, 1,       kNoPick, 4,       kNoPick,
                                                         2, kNoPick, 5, kNoPick, kNoPick, kNoPick, kNoPick, kNoPick};

/// Writes a picture as it is. Thread rules: a pure function.
void copy_picture(const BgrView& picture, const PlanesView& planes);
void copy_picture(const BgrView& picture, const PixelsView& pixels);

/// Resizes it as planned. Thread rules: one call at a time per scratch memory.
void resample_picture(const BgrView& picture, const PlanesView& planes, const Resample::Plan& plan,
                      Resample::Scratch& scratch);
void resample_picture(const BgrView& picture, const PixelsView& pixels, const Resample::Plan& plan,
                      Resample::Scratch& scratch);

}  // namespace inferqueue::vision
