// Bytes as bf16: the upper half of a float, seven bits of fraction.
#pragma once

#include <bit>
#include <cstdint>

#include <hwy/base.h>

namespace inferqueue::vision {

inline constexpr float kShare = 1 / 255.F;  ///< what one of a byte's 255 steps is

/// What is added before the lower half of a float's bits is dropped, so that the rest is the nearest, and of two that
/// are as near the even one.
inline constexpr std::uint32_t kHalf = 0x7FFF;

/// A byte's share of 255, from 0 to 1. Thread rules: a pure function.
inline hwy::bfloat16_t share_of_255(std::uint8_t byte) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(byte) * kShare);
  return {static_cast<std::uint16_t>((bits + kHalf + (bits >> 16U & 1U)) >> 16U)};
}

}  // namespace inferqueue::vision
