// What every device offers under every performance hint.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "devices/runtime.hpp"

namespace inferqueue::devices {

struct Property {
  std::string name;
  Value value;  ///< null where it isn't supported or can't be read
  bool is_mutable = false;
};

/// The model compiled under one hint.
struct HintReport {
  std::string hint;  ///< as asked for
  std::vector<Property> properties;
  std::string problem;  ///< why it couldn't be compiled; there are no properties then

  /// Null where there is none of this name.
  Value value(std::string_view name) const;
  /// The hint that the compiled model says it has, where that is another; empty where it is the one asked for, or isn't
  /// told.
  std::string other_hint() const;
};

struct DeviceReport {
  std::string device;
  std::string full_name;  ///< of a composite, its members'
  std::vector<Property> properties;
  std::vector<HintReport> hints;
};

struct Survey {
  std::string openvino_version;
  std::string model;
  std::optional<machine::CpuLimits> cpu_limits;  ///< nothing where it isn't known
  std::vector<DeviceReport> devices;
  std::vector<MissingDevice> missing;
  bool all_properties = false;
  bool interrupted = false;  ///< some of it may be lacking

  /// False if a device is missing or the model couldn't be compiled for one.
  bool is_complete() const;
};

struct SurveyOptions {
  std::vector<std::string> devices;  ///< as people type them; all of Runtime::default_devices() where empty
  std::vector<std::string> hints;    ///< as performance_hint() gives them; all of Runtime::hints() where empty
  bool all_properties = false;       ///< every supported property, not just the known few
};

/// The properties that are asked for where all_properties is off.
std::span<const std::string_view> device_property_names();
std::span<const std::string_view> compiled_property_names();

/// Asks the runtime. Whatever can't be read or compiled is in the report; only a runtime that can't name its devices
/// throws. Calls `begun` with the device and the hint before each compilation.
Survey take_survey(Runtime& runtime, const SurveyOptions& options,
                   const std::function<void(std::string_view device, std::string_view hint)>& begun,
                   std::stop_token stop);

}  // namespace inferqueue::devices
