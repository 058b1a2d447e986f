#include "devices/report.hpp"

namespace inferqueue::devices {
namespace {

Value to_json(const std::vector<Property>& properties) {
  Value json = Value::object();
  for (const Property& property : properties) json[property.name] = property.value;
  return json;
}

Value to_json(const HintReport& compiled) {
  if (!compiled.problem.empty()) return {{"error", compiled.problem}};
  return to_json(compiled.properties);
}

Value to_json(const DeviceReport& report, bool all_properties) {
  Value json{{"device", report.device}, {"full_name", report.full_name}, {"properties", to_json(report.properties)}};
  Value hints = Value::object();
  for (const HintReport& compiled : report.hints) hints[compiled.hint] = to_json(compiled);
  json["hints"] = std::move(hints);
  if (!all_properties) return json;
  Value names = Value::array();
  for (const Property& property : report.properties)
    if (property.is_mutable) names.push_back(property.name);
  json["mutable"] = std::move(names);
  return json;
}

Value to_json(const machine::CpuLimits& limits) {
  Value json{{"processors", limits.processors},
             {"usable", limits.usable},
             {"cgroup_v2", limits.cgroup.is_known},
             {"quota", nullptr},
             {"cpuset", nullptr}};
  if (limits.cgroup.cpu_quota) json["quota"] = *limits.cgroup.cpu_quota;
  if (limits.cgroup.cpuset) json["cpuset"] = *limits.cgroup.cpuset;
  return json;
}

}  // namespace

Value to_json(const Survey& survey) {
  Value json{{"schema_version", 1},
             {"openvino_version", survey.openvino_version},
             {"model", survey.model},
             {"interrupted", survey.interrupted},
             {"cpu", survey.cpu_limits ? to_json(*survey.cpu_limits) : Value()}};
  Value devices = Value::array();
  for (const DeviceReport& report : survey.devices) devices.push_back(to_json(report, survey.all_properties));
  json["devices"] = std::move(devices);
  Value missing = Value::array();
  for (const MissingDevice& device : survey.missing)
    missing.push_back({{"device", device.device}, {"error", device.problem}});
  json["missing"] = std::move(missing);
  return json;
}

}  // namespace inferqueue::devices
