// What wakes a thread that waits for a slot.
#pragma once

#include <utility>

#include "base/mutex.hpp"
#include "base/ref.hpp"

namespace inferqueue::core {

/// What somebody waits on who may be gone before it is notified.
struct Bell : base::RefCounted {
  base::CondVar changed;
  base::Ref<Bell> next;  ///< of those that nobody waits on: for Bells
};

/// Keeps bells for later: waiting needs memory only where more threads wait at once than ever before. A bell that was
/// given back may still be rung for whoever waited on it before. That wakes the one who waits on it now, who looks
/// again and goes on waiting, as at any spurious wake-up.
/// Thread rules: guarded by its owner.
class Bells {
 public:
  Bells() = default;
  Bells(const Bells&) = delete;
  Bells& operator=(const Bells&) = delete;
  Bells(Bells&&) = delete;
  Bells& operator=(Bells&&) = delete;
  ~Bells() {
    while (first_) {  // one by one: a chain that destroys itself would need as much stack as it is long
      base::Ref<Bell> next = std::move(first_->next);
      first_ = std::move(next);
    }
  }

  /// For one who is going to wait. Throws std::bad_alloc where there is none to be had.
  base::Ref<Bell> take() {
    if (!first_) return base::make_ref<Bell>();
    base::Ref<Bell> taken = std::move(first_);
    first_ = std::move(taken->next);
    return taken;
  }
  /// Its waiter waits no longer.
  void give_back(base::Ref<Bell> bell) noexcept {
    bell->next = std::move(first_);
    first_ = std::move(bell);
  }

  /// Gives a bell back at the end of a scope.
  class Loan {
   public:
    Loan(Bells& bells, base::Ref<Bell> bell) noexcept : bells_(bells), bell_(std::move(bell)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Loan(Loan&&) = delete;
    Loan& operator=(Loan&&) = delete;
    ~Loan() { bells_.give_back(std::move(bell_)); }

   private:
    Bells& bells_;
    base::Ref<Bell> bell_;
  };

 private:
  base::Ref<Bell> first_;
};

}  // namespace inferqueue::core
