// What chance makes of one request on the real runtime: plain values, drawn from a seed.
#pragma once

#include <cstddef>
#include <cstdint>

#include <inferqueue/inferqueue.hpp>

#include "support/random.hpp"

namespace inferqueue::testing {

/// What is done with one request, drawn from the session's seed and its number.
struct Errand {
  enum class Way : std::uint8_t { callback, future, coroutine, lease };

  Errand(std::uint64_t seed, std::size_t index);
  /// What the device is told, and the number.
  ov::Tensor input(std::size_t index) const;

  Way way = Way::callback;
  float command = 1;
  float microseconds = 0;
  SubmitOptions options;
  bool fits = true;
  bool throws = false;                 ///< its callback
  bool error_callback_throws = false;  ///< its error callback
  bool is_kept = false;                ///< its result is, for a while
  std::size_t cancels_back = 0;        ///< then its thread cancels the request this many before its latest, if not 0
  bool waits = false;                  ///< then its thread waits for all
};

}  // namespace inferqueue::testing
