// A request on the OpenVINO runtime.
#pragma once

#include <utility>
#include <vector>

#include <openvino/runtime/tensor.hpp>

#include "base/ref.hpp"
#include "core/record.hpp"
#include "openvino/ports.hpp"

namespace inferqueue::openvino {

class OvRecord final : public core::Record {
 public:
  explicit OvRecord(base::Ref<const Ports> model_ports) : ports(std::move(model_ports)) {}

  const base::Ref<const Ports> ports;
  std::vector<Binding> inputs;      ///< until the completion
  std::vector<ov::Tensor> outputs;  ///< from the completion of a value, until the slot takes the memory back
};

}  // namespace inferqueue::openvino
