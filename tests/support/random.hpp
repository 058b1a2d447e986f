// Chance that can be repeated, and how much of it a test takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include <inferqueue/options.hpp>

namespace inferqueue::testing {

/// SplitMix64 (Steele, Lea and Flood): a state of one word, so that every request can have a generator of its own and
/// no thread waits for another's. Thread rules: as an int.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}
  /// The generator of number `i` of something: independent of in which order, and on which thread, they are asked for.
  Random(std::uint64_t seed, std::uint64_t i) noexcept : state_(seed ^ (i * 0xd1342543de82ef95U)) { next(); }

  std::uint64_t next() noexcept {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  /// From 0 to n - 1.
  std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>(next() % n); }
  bool one_in(std::size_t n) noexcept { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

inline Backpressure any_policy(Random& random) noexcept {
  constexpr std::array all{Backpressure::block, Backpressure::reject, Backpressure::drop_oldest,
                           Backpressure::latest_per_source};
  return all[random.below(all.size())];
}

/// INFERQUEUE_TEST_SEED, or a new one; recorded with the test and printed at once, so that also a test that hangs or
/// crashes has said it.
inline std::uint64_t announced_seed() {
  const char* const given = std::getenv("INFERQUEUE_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device{}();
  ::testing::Test::RecordProperty("seed", std::to_string(seed));
  std::cout << "INFERQUEUE_TEST_SEED=" << seed << " repeats this" << std::endl;
  return seed;
}

/// How many requests a test makes: all under `./dev test --full`, a slice otherwise; a tenth of that under a sanitizer.
inline std::size_t requests(std::size_t all, std::size_t slice) {
  const std::size_t count = std::getenv("INFERQUEUE_TEST_FULL") != nullptr ? all : slice;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return count / 10;
#else
  return count;
#endif
}

}  // namespace inferqueue::testing
