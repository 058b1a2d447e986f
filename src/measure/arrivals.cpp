#include "measure/arrivals.hpp"

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

}  // namespace inferqueue::measure
