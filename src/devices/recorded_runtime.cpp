#include "devices/recorded_runtime.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

void expect(bool condition) {
  if (!condition) throw std::invalid_argument("not what a report has");
}

const Value& text_at(const Value& object, const char* name) {
  const Value& text = object.at(name);
  expect(text.is_string());
  return text;
}

/// A count of processors.
unsigned count_at(const Value& object, const char* name) {
  constexpr std::uint64_t most = 1U << 20U;
  const Value& count = object.at(name);
  expect(count.is_number_unsigned() && count.get<std::uint64_t>() >= 1 && count.get<std::uint64_t>() <= most);
  return count.get<unsigned>();
}

void check_properties(const Value& properties) {
  expect(properties.is_object());
  for (const auto& [name, value] : properties.items()) {
    expect(!value.is_object());
    if (value.is_array())
      expect(std::ranges::all_of(value, [](const Value& element) { return element.is_primitive(); }));
  }
}

void check_entry(const Value& device) {
  expect(!text_at(device, "device").get<std::string>().empty());
  check_properties(device.at("properties"));
  expect(device.at("hints").is_object());
  for (const auto& [hint, values] : device.at("hints").items()) {
    check_properties(values);
    if (values.contains("error")) text_at(values, "error");
  }
  for (const Value& name : device.value("mutable", Value::array())) expect(name.is_string());
}

std::optional<machine::CpuLimits> limits_of(const Value& cpu) {
  if (cpu.is_null()) return std::nullopt;
  machine::CpuLimits limits;
  limits.processors = count_at(cpu, "processors");
  limits.usable = count_at(cpu, "usable");
  limits.cgroup.is_known = cpu.at("cgroup_v2").get<bool>();
  if (!cpu.at("quota").is_null()) {
    expect(cpu.at("quota").is_number());
    limits.cgroup.cpu_quota = cpu.at("quota").get<double>();
    expect(*limits.cgroup.cpu_quota > 0 && *limits.cgroup.cpu_quota <= 1U << 20U);
  }
  if (!cpu.at("cpuset").is_null()) limits.cgroup.cpuset = text_at(cpu, "cpuset").get<std::string>();
  return limits;
}

/// Checks every member that is read later, so that none can fail then. Throws anything.
std::optional<machine::CpuLimits> checked(const Value& record) {
  expect(record.at("schema_version") == 1);
  text_at(record, "openvino_version");
  text_at(record, "model");
  expect(record.at("devices").is_array() && record.at("missing").is_array());
  for (const Value& device : record.at("devices")) check_entry(device);
  for (const Value& missing : record.at("missing")) {
    text_at(missing, "device");
    text_at(missing, "error");
  }
  return limits_of(record.at("cpu"));
}

/// What nests deeper than a report is refused before anything walks down into it.
Value parse(std::string_view text) {
  constexpr int deepest = 8;
  return Value::parse(text, [](int depth, Value::parse_event_t, Value&) {
    expect(depth <= deepest);
    return true;
  });
}

}  // namespace

RecordedRuntime::RecordedRuntime(std::string_view text, const std::string& source) {
  try {
    record_ = parse(text);
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

std::vector<std::string> RecordedRuntime::default_devices() {
  std::vector<std::string> names;
  for (const Value& device : record_["devices"]) names.push_back(device["device"].get<std::string>());
  return names;
}

std::vector<MissingDevice> RecordedRuntime::missing_devices() {
  std::vector<MissingDevice> missing;
  for (const Value& device : record_["missing"])
    missing.push_back({device["device"].get<std::string>(), device["error"].get<std::string>()});
  return missing;
}

void RecordedRuntime::check(const std::string& device) {
  if (find(device) != nullptr) return;
  throw base::UserError(
      fmt::format("device '{}': is not in the record; it has {}", device, fmt::join(default_devices(), ", ")));
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
