#include "devices/ov_runtime.hpp"

#include <utility>

#include <openvino/core/version.hpp>
#include <openvino/runtime/auto/properties.hpp>
#include <openvino/runtime/properties.hpp>

#include "devices/names.hpp"

namespace inferqueue::devices {
namespace {

std::vector<PropertyName> names_of(const std::vector<ov::PropertyName>& properties) {
  std::vector<PropertyName> names;
  names.reserve(properties.size());
  for (const ov::PropertyName& property : properties) {
    const std::string& name = property;
    names.push_back({name, property.is_mutable()});
  }
  return names;
}

/// The CPU keeps one of its numbers as text.
Value number_or_value(const std::string& name, const ov::Any& any) {
  if (name == ov::hint::num_requests.name()) return any.as<decltype(ov::hint::num_requests)::value_type>();
  return value_of(any);
}

class DeviceProperties final : public PropertySource {
 public:
  DeviceProperties(ov::Core& core, std::string device, std::shared_ptr<const ov::Model> model)
      : core_(core), device_(std::move(device)), model_(std::move(model)) {}

  std::vector<PropertyName> supported() override {
    return names_of(core_.get_property(device_, ov::supported_properties));
  }

  Value read(const std::string& name) override {
    // How many fit into a batch depends on the model.
    ov::AnyMap arguments;
    if (name == ov::optimal_batch_size.name() || name == ov::max_batch_size.name())
      arguments[ov::hint::model.name()] = model_;
    return number_or_value(name, core_.get_property(device_, name, arguments));
  }

 private:
  ov::Core& core_;
  std::string device_;
  std::shared_ptr<const ov::Model> model_;
};

class CompiledProperties final : public PropertySource {
 public:
  explicit CompiledProperties(ov::CompiledModel compiled) : compiled_(std::move(compiled)) {}

  std::vector<PropertyName> supported() override { return names_of(compiled_.get_property(ov::supported_properties)); }
  Value read(const std::string& name) override { return number_or_value(name, compiled_.get_property(name)); }

 private:
  ov::CompiledModel compiled_;
};

}  // namespace

OvRuntime::OvRuntime(ov::Core core, std::shared_ptr<const ov::Model> model, std::string name)
    : core_(std::move(core)), model_(std::move(model)), name_(std::move(name)) {}

std::string OvRuntime::version() {
  return ov::get_openvino_version().buildNumber;
}

void OvRuntime::check(const std::string& device) {
  check_device(device, available_devices());
}

std::unique_ptr<PropertySource> OvRuntime::device(const std::string& name) {
  return std::make_unique<DeviceProperties>(core_, name, model_);
}

std::unique_ptr<PropertySource> OvRuntime::compile(const std::string& device, const std::string& hint) {
  ov::AnyMap properties{{ov::hint::performance_mode.name(), hint}};
  // AUTO begins on the CPU while it compiles for another device, and would show the CPU's figures.
  if (device == "AUTO" || device.starts_with("AUTO:"))
    properties.insert(ov::intel_auto::enable_startup_fallback(false));
  return std::make_unique<CompiledProperties>(core_.compile_model(model_, device, properties));
}

}  // namespace inferqueue::devices
