#include "devices/recorded_runtime.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "base/user_error.hpp"
#include "devices/names.hpp"

namespace inferqueue::devices {
namespace {

class RecordedProperties final : public PropertySource {
 public:
  RecordedProperties(Value values, Value mutable_names)
      : values_(std::move(values)), mutable_names_(std::move(mutable_names)) {}

  std::vector<PropertyName> supported() override {
    std::vector<PropertyName> names;
    for (const auto& [name, value] : values_.items())
      names.push_back({name, std::ranges::find(mutable_names_, Value(name)) != mutable_names_.end()});
    return names;
  }

  Value read(const std::string& name) override { return values_.value(name, Value()); }

 private:
  Value values_;
  Value mutable_names_;
};

/// Reads every member that the runtime will read later, so that it can't fail then.
machine::CpuLimits checked(const Value& record) {
  if (record.at("schema_version") != 1) throw std::invalid_argument("another schema_version");
  (void)record.at("openvino_version").get<std::string>();
  (void)record.at("model").get<std::string>();
  for (const Value& device : record.at("devices")) {
    (void)device.at("device").get<std::string>();
    (void)device.at("properties").get_ref<const Value::object_t&>();
    for (const auto& [hint, values] : device.at("hints").items()) (void)values.get_ref<const Value::object_t&>();
  }
  const Value& cpu = record.at("cpu");
  machine::CpuLimits limits;
  limits.processors = cpu.at("processors").get<unsigned>();
  limits.usable = cpu.at("usable").get<unsigned>();
  if (!cpu.at("quota").is_null()) limits.cgroup.cpu_quota = cpu.at("quota").get<double>();
  if (!cpu.at("cpuset").is_null()) limits.cgroup.cpuset = cpu.at("cpuset").get<std::string>();
  return limits;
}

}  // namespace

RecordedRuntime::RecordedRuntime(std::string_view text, const std::string& source) {
  try {
    record_ = Value::parse(text);
    limits_ = checked(record_);
  } catch (const std::exception&) {
    throw base::UserError(fmt::format("{}: is no report that 'inferqueue devices --json' has written", source));
  }
}

std::string RecordedRuntime::version() {
  return record_["openvino_version"].get<std::string>();
}

std::string RecordedRuntime::model() {
  return record_["model"].get<std::string>();
}

std::vector<std::string> RecordedRuntime::available_devices() {
  std::vector<std::string> names;
  for (const Value& device : record_["devices"])
    if (std::string name = device["device"].get<std::string>(); !is_composite(name)) names.push_back(std::move(name));
  return names;
}

std::vector<std::string> RecordedRuntime::hints() {
  std::vector<std::string> names;
  for (const Value& device : record_["devices"])
    for (const auto& [hint, values] : device["hints"].items())
      if (std::ranges::find(names, hint) == names.end()) names.push_back(hint);
  return names;
}

const Value* RecordedRuntime::find(const std::string& device) const {
  for (const Value& recorded : record_["devices"]) {
    const auto name = recorded["device"].get<std::string>();
    if (name == device || (!is_composite(device) && names_device(device, name))) return &recorded;
  }
  return nullptr;
}

std::unique_ptr<PropertySource> RecordedRuntime::device(const std::string& name) {
  const Value* const recorded = find(name);
  if (recorded == nullptr) throw base::UserError(fmt::format("{} is not in the record", name));
  return std::make_unique<RecordedProperties>((*recorded)["properties"], recorded->value("mutable", Value::array()));
}

std::unique_ptr<PropertySource> RecordedRuntime::compile(const std::string& device, const std::string& hint) {
  const Value* const recorded = find(device);
  if (recorded == nullptr) throw base::UserError(fmt::format("{} is not in the record", device));
  const Value& hints = (*recorded)["hints"];
  if (!hints.contains(hint)) throw base::UserError(fmt::format("{} is not in the record", hint));
  if (hints[hint].contains("error")) throw base::UserError(hints[hint]["error"].get<std::string>());
  return std::make_unique<RecordedProperties>(hints[hint], Value::array());
}

}  // namespace inferqueue::devices
