// Bilinear resizing of interleaved pictures straight into a network's input: planes of bytes, or pixels of bf16.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <hwy/aligned_allocator.h>
#include <hwy/base.h>

#include "vision/detection.hpp"

namespace inferqueue::vision {

/// A picture of interleaved 8-bit BGR, row by row. Thread rules: a view of somebody else's memory.
struct BgrView {
  const std::uint8_t* pixels = nullptr;
  std::size_t stride = 0;  ///< bytes from one row to the next; 3 * width at least
  Size size;
};

/// Where the same pixels go as planes. Thread rules: a view of somebody else's memory.
struct PlanesView {
  std::uint8_t* red = nullptr;
  std::uint8_t* green = nullptr;
  std::uint8_t* blue = nullptr;
  std::size_t stride = 0;  ///< bytes from one row of a plane to the next
};

/// Where they go as pixels of shares of 255 (see bf16.hpp): red, green, blue, as convolutions in bf16 read them.
/// Thread rules: likewise.
struct PixelsView {
  hwy::bfloat16_t* pixels = nullptr;
  std::size_t stride = 0;  ///< values from one row to the next; 3 * width at least
};

/// Resizes pictures, with the vector instructions of the processor at hand. The arithmetic is that of cv::resize with
/// INTER_LINEAR for 8-bit pictures (weights of 11 bits, four bits dropped between the two directions), to the last bit.
///
/// Keeps what depends on the sizes only, for the latest few of them, and its scratch memory: it allocates for sizes
/// that are new to it. Thread rules: one call at a time per object.
class Resample {
 public:
  /// Writes target.width times target.height pixels. A target of the picture's size is a copy. Sizes are positive.
  void apply(const BgrView& picture, const PlanesView& planes, Size target) { write(picture, planes, target); }
  void apply(const BgrView& picture, const PixelsView& pixels, Size target) { write(picture, pixels, target); }

  template <class T>
  using Aligned = hwy::AlignedFreeUniquePtr<T[]>;  // NOLINT(modernize-avoid-c-arrays): whole vectors; Highway's own

  /// What the resized pixels of one direction are made of: weight[0] * source[first] + weight[1] * source[second].
  struct Tap {
    int first = 0;
    int second = 0;
    std::array<std::int16_t, 2> weights{};  ///< 2048 together
  };
  /// All that depends on the sizes. Two columns at a time, an even one and an odd one, come from 16 bytes of the source
  /// ("together"), or where they are too far apart from two times eight.
  struct Plan {
    Size source;
    Size target;
    std::size_t columns = 0;  ///< padded to whole vectors
    bool together = false;
    Aligned<std::int32_t> offsets;  ///< of each column's first pixel in a row, in bytes
    Aligned<std::uint8_t> picks;    ///< 16 a pair: of its bytes those of the odd column, see resample_kernels.cpp
    Aligned<std::int16_t> even;     ///< weights of the even columns: eight for each, in the order of the sums
    Aligned<std::int16_t> odd;      ///< of the odd ones
    std::vector<Tap> rows;
  };
  /// Memory for rows: two of sums (four a column), one of resized pixels (four bytes each), one of the source.
  struct Scratch {
    std::size_t columns = 0;
    std::array<Aligned<std::int16_t>, 2> sums;
    Aligned<std::uint8_t> resized;
    std::vector<std::uint8_t> source;
  };

 private:
  template <class View>
  void write(const BgrView& picture, const View& view, Size target);
  const Plan& plan_for(Size source, Size target);
  void reserve(const Plan& plan);

  std::vector<Plan> plans_;  // the latest first
  Scratch scratch_;
};

}  // namespace inferqueue::vision
