// Random weights that are the same everywhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <openvino/op/constant.hpp>

namespace inferqueue::models {

/// A stream of normally distributed numbers. Written out here because the standard library's distributions differ from
/// one implementation to the next: a sum of twelve uniform numbers is near enough to normal. Thread rules: one thread.
class Weights {
 public:
  explicit Weights(std::uint64_t seed) : state_(seed) {}

  /// f32, of this shape, with mean 0 and this standard deviation.
  std::shared_ptr<ov::op::v0::Constant> normal(const ov::Shape& shape, float deviation) {
    std::vector<float> values(ov::shape_size(shape));
    for (float& value : values) value = next() * deviation;
    return ov::op::v0::Constant::create(ov::element::f32, shape, values);
  }

 private:
  float next() {
    float sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }
  /// splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
  float uniform() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    z ^= z >> 31U;
    return static_cast<float>(z >> 40U) * 0x1p-24F;
  }

  std::uint64_t state_;
};

}  // namespace inferqueue::models
