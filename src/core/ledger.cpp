#include "core/ledger.hpp"

#include <utility>

namespace inferqueue::core {

Generation Ledger::accept() noexcept {
  ++counts_.back();
  ++unfinished_;
  return oldest_ + counts_.size() - 1;
}

bool Ledger::finish(Generation generation) noexcept {
  --unfinished_;
  --counts_[generation - oldest_];
  bool emptied = unfinished_ == 0;
  while (counts_.size() > 1 && counts_.front() == 0) {
    counts_.pop_front();
    ++oldest_;
    emptied = true;
  }
  return emptied;
}

Generation Ledger::close_generation() {
  const Generation current = oldest_ + counts_.size() - 1;
  if (counts_.back() != 0) {
    counts_.push_back(0);
    return current;
  }
  // Nothing was accepted since the last call: what it closed is all there is to wait for.
  return current - 1;
}

void Ledger::add_error(std::exception_ptr error) noexcept {
  if (errors_.size() < max_errors) errors_.push_back(std::move(error));
}

std::vector<std::exception_ptr> Ledger::take_errors() {
  std::vector<std::exception_ptr> taken;
  taken.reserve(max_errors);
  taken.swap(errors_);
  return taken;
}

}  // namespace inferqueue::core
