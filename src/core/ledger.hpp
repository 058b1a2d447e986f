// Which accepted requests have no outcome yet, and which errors nobody has taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <vector>

#include "core/record.hpp"

namespace inferqueue::core {

/// Counts requests by generation. wait_all() closes the current generation and waits until it and all older ones are
/// empty, so that it waits for what was accepted before it was called and for nothing later, without a list of
/// requests. Thread rules: guarded by the engine's mutex.
///
/// Invariants:
///  1. counts_ is never empty; its last entry belongs to the current generation, its first to generation oldest_.
///  2. Every generation before oldest_ is empty.
///  3. The first entry is not 0, unless it is the only one.
///  4. errors_ has room for max_errors: keeping one can't fail.
class Ledger {
 public:
  Ledger() { errors_.reserve(max_errors); }

  /// Counts one more request in the current generation, which it returns.
  Generation accept() noexcept;
  /// Returns true if a generation, or all, became empty: somebody may have waited for it.
  bool finish(Generation generation) noexcept;
  /// The generation to wait for; what is accepted from now on belongs to a later one.
  Generation close_generation();
  bool is_empty(Generation generation) const noexcept { return generation < oldest_; }
  std::uint64_t unfinished() const noexcept { return unfinished_; }

  /// Keeps the first `max_errors`; later ones are dropped, so that nobody's silence fills the memory.
  void add_error(std::exception_ptr error) noexcept;
  /// Takes all that are kept, in the order of their coming. Throws std::bad_alloc, then nothing is taken.
  std::vector<std::exception_ptr> take_errors();

  static constexpr std::size_t max_errors = 256;

 private:
  std::deque<std::uint64_t> counts_{0};
  Generation oldest_ = 1;
  std::uint64_t unfinished_ = 0;
  std::vector<std::exception_ptr> errors_;
};

}  // namespace inferqueue::core
