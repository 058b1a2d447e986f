// Bytes as bf16: the upper half of a float, seven bits of fraction.
#pragma once

#include <bit>
#include <cstdint>

#include <hwy/base.h>

namespace inferqueue::vision {

inline constexpr float kShare = 1 / 255.F;  ///< what one of a byte's 255 steps is

/// What is added before the lower half of a float's bits is dropped, so that the rest is the nearest. No byte's share
/// lies in the middle of two.
inline constexpr std::int32_t kHalf = 0x8000;

/// A byte's share of 255, from 0 to 1. Thread rules: a pure function.
inline hwy::bfloat16_t share_of_255(std::uint8_t byte) {
  const auto bits = std::bit_cast<std::int32_t>(static_cast<float>(byte) * kShare);
  return {static_cast<std::uint16_t>(static_cast<std::uint32_t>(bits + kHalf) >> 16U)};
}

}  // namespace inferqueue::vision
