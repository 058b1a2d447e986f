// OpenVINO on this machine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/runtime/core.hpp>

#include "devices/runtime.hpp"

namespace inferqueue::devices {

class OvRuntime final : public Runtime {
 public:
  /// `name` is what reports call the model.
  OvRuntime(ov::Core core, std::shared_ptr<const ov::Model> model, std::string name);

  std::string version() override;
  std::string model() override { return name_; }
  std::optional<machine::CpuLimits> cpu_limits() override { return machine::cpu_limits(); }
  std::vector<std::string> available_devices() override { return core_.get_available_devices(); }
  void check(const std::string& device) override;
  std::vector<std::string> hints() override { return {"LATENCY", "THROUGHPUT", "CUMULATIVE_THROUGHPUT"}; }
  std::unique_ptr<PropertySource> device(const std::string& name) override;
  std::unique_ptr<PropertySource> compile(const std::string& device, const std::string& hint) override;

 private:
  ov::Core core_;
  std::shared_ptr<const ov::Model> model_;
  std::string name_;
};

}  // namespace inferqueue::devices
