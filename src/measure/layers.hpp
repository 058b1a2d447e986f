// What each layer of a model takes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <openvino/runtime/core.hpp>

#include "measure/work.hpp"
#include "pipeline/detector.hpp"

namespace inferqueue::measure {

struct Layer {
  std::string name;
  std::string type;
  std::string exec_type;  ///< the kernel that the device chose
  double real_us = 0;     ///< the mean of the inferences
  double cpu_us = 0;
  double share = 0;  ///< of all layers' time, 0..1
};

/// Compiles the model anew with counters, which slow it down a little, and infers it so often; the slowest layer first,
/// without those that the device left out. Throws what compiling and inferring throw.
std::vector<Layer> profile(ov::Core& core, Work& work, pipeline::DeviceOptions device, std::size_t inferences = 20);

}  // namespace inferqueue::measure
