// When the requests of an open loop are due.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace inferqueue::measure {

/// Requests come at a rate of their own, whether or not those before are done: as users do. Thread rules: a value.
class Arrivals {
 public:
  enum class Kind {
    constant,  ///< evenly
    poisson,   ///< each at a moment that nothing tells: intervals of an exponential distribution
  };

  /// `per_s` is more than 0. The same seed gives the same moments.
  Arrivals(double per_s, Kind kind, std::uint64_t seed) : per_s_(per_s), kind_(kind), random_(seed) {}

  /// The seconds from the begin of the round at which the next one is due; the first at 0.
  double next_s();
  /// How many more are due before the moment `end_s`: for Poisson arrivals, how many that is on average. Takes no
  /// longer for more of them.
  std::size_t left_before(double end_s) const;

 private:
  double per_s_;
  Kind kind_;
  std::mt19937_64 random_;
  std::uint64_t count_ = 0;
  double at_s_ = 0;
};

}  // namespace inferqueue::measure
