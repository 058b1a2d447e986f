// A request on the OpenVINO runtime.
#pragma once

#include <utility>
#include <vector>

#include <openvino/runtime/tensor.hpp>

#include "base/ref.hpp"
#include "core/record.hpp"
#include "openvino/ports.hpp"

namespace inferqueue::openvino {

class QueueState;

class OvRecord final : public core::Record {
 public:
  explicit OvRecord(base::Ref<const Ports> model_ports) : ports(std::move(model_ports)) {}

  /// Where `callbacks_of` is set: takes the callbacks of this moment, not those of the moment at which a thread has
  /// begun to wait for a slot. Throws Error(user_data_mismatch).
  void on_acceptance() override;

  const base::Ref<const Ports> ports;
  const QueueState* callbacks_of = nullptr;  ///< null: the outcome goes to a handler of its own
  std::vector<Binding> inputs;               ///< until the completion
  std::vector<ov::Tensor> outputs;           ///< from the completion of a value, until the slot takes the memory back
};

}  // namespace inferqueue::openvino
