#include "measure/arrivals.hpp"

#include <algorithm>
#include <cmath>

namespace inferqueue::measure {

double Arrivals::next_s() {
  // Evenly: not added up, so that nothing is lost in rounding.
  if (kind_ == Kind::constant) return static_cast<double>(count_++) / per_s_;
  const double due = at_s_;
  // The inverse of the distribution, so that other standard libraries give the same moments.
  const double uniform = static_cast<double>(random_() >> 11U) * 0x1p-53;
  at_s_ -= std::log1p(-uniform) / per_s_;
  return due;
}

std::size_t Arrivals::left_before(double end_s) const {
  if (kind_ == Kind::poisson) return static_cast<std::size_t>(std::max(0.0, (end_s - at_s_) * per_s_));
  auto all = static_cast<std::uint64_t>(std::max(0.0, std::ceil(end_s * per_s_)));
  // The moments themselves decide, which are rounded otherwise.
  while (all > 0 && static_cast<double>(all - 1) / per_s_ >= end_s) --all;
  while (static_cast<double>(all) / per_s_ < end_s) ++all;
  return all > count_ ? all - count_ : 0;
}

}  // namespace inferqueue::measure
