// What the tests of the heads have in common.
#pragma once

#include <vector>

#include "vision/heads/head.hpp"

namespace inferqueue::vision {

inline std::vector<Candidate> decode(const Head& head, const std::vector<float>& output, float conf) {
  std::vector<Candidate> candidates;
  head.decode(output, {.conf = conf}, candidates);
  return candidates;
}

}  // namespace inferqueue::vision
