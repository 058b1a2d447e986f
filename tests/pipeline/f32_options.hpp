// How the tests of this room compile.
#pragma once

#include "pipeline/detector.hpp"

namespace inferqueue::pipeline {

/// In full precision, so that the figures are the same everywhere.
inline DeviceOptions f32() {
  DeviceOptions options;
  options.precision = "f32";
  return options;
}

}  // namespace inferqueue::pipeline
