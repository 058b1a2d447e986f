#include "devices/survey.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <type_traits>

#include <fmt/format.h>

#include "base/user_error.hpp"
#include "devices/brief.hpp"
#include "devices/names.hpp"

namespace inferqueue::devices {
namespace {

// The names stand in OpenVINO's documentation: https://docs.openvino.ai, "Query Device Properties".
constexpr std::string_view full_device_name = "FULL_DEVICE_NAME";
constexpr std::string_view performance_hint_name = "PERFORMANCE_HINT";
constexpr std::array<std::string_view, 5> of_devices{
    full_device_name, "RANGE_FOR_STREAMS", "RANGE_FOR_ASYNC_INFER_REQUESTS", "OPTIMAL_BATCH_SIZE", "MAX_BATCH_SIZE"};
constexpr std::array<std::string_view, 7> of_compiled{"OPTIMAL_NUMBER_OF_INFER_REQUESTS",
                                                      "NUM_STREAMS",
                                                      "INFERENCE_NUM_THREADS",
                                                      "PERFORMANCE_HINT_NUM_REQUESTS",
                                                      "GPU_QUEUE_PRIORITY",
                                                      performance_hint_name,
                                                      "EXECUTION_DEVICES"};

Value value_among(std::span<const Property> properties, std::string_view name) {
  const auto found = std::ranges::find(properties, name, &Property::name);
  return found == properties.end() ? Value() : found->value;
}

/// What the runtime gives, or nothing where it throws: it lists properties that it then can't give.
template <class Ask>
std::invoke_result_t<Ask&> tried(Ask&& ask) {
  try {
    return ask();
  } catch (const std::exception&) {
    return {};
  }
}

/// Reads each by itself, so that one which can't be read costs only itself.
std::vector<Property> read_properties(PropertySource& source, std::span<const std::string_view> known, bool all) {
  // Where the list can't be had, the known ones can be asked for all the same.
  const std::vector<PropertyName> names = tried([&] { return source.supported(); });
  std::vector<Property> properties;
  const auto read = [&](std::string_view name, bool is_mutable) {
    Property& property = properties.emplace_back();
    property.name = name;
    property.is_mutable = is_mutable;
    property.value = tried([&] { return source.read(property.name); });
  };
  for (const std::string_view name : known) {
    const auto found = std::ranges::find(names, name, &PropertyName::name);
    read(name, found != names.end() && found->is_mutable);
  }
  if (!all) return properties;
  for (const PropertyName& name : names)
    if (name.name != "SUPPORTED_PROPERTIES" && std::ranges::find(known, name.name) == known.end())
      read(name.name, name.is_mutable);
  return properties;
}

class Surveyor {
 public:
  Surveyor(Runtime& runtime, const SurveyOptions& options,
           const std::function<void(std::string_view, std::string_view)>& begun, const std::stop_token& stop)
      : runtime_(runtime),
        begun_(begun),
        stop_(stop),
        available_(runtime.available_devices()),
        all_(options.all_properties) {
    for (const std::string& hint : options.hints.empty() ? runtime.hints() : options.hints)
      if (std::ranges::find(hints_, hint) == hints_.end()) hints_.push_back(hint);
  }

  Survey take(std::vector<std::string> wanted) {
    Survey survey;
    survey.openvino_version = runtime_.version();
    survey.model = runtime_.model();
    survey.cpu_limits = runtime_.cpu_limits();
    survey.all_properties = all_;
    if (wanted.empty()) {
      wanted = runtime_.default_devices();
      survey.missing = runtime_.missing_devices();
    }
    for (auto device = wanted.begin(); device != wanted.end() && !stop_.stop_requested(); ++device) {
      if (std::find(wanted.begin(), device, *device) != device) continue;  // named twice
      try {
        runtime_.check(*device);
        survey.devices.push_back(look_at(*device));
      } catch (const base::UserError& error) {
        survey.missing.push_back({*device, error.what()});
      }
    }
    survey.interrupted = stop_.stop_requested();
    return survey;
  }

 private:
  DeviceReport look_at(const std::string& device) {
    DeviceReport report;
    report.device = device;
    if (!is_composite(device)) {
      report.properties = properties_of(device);
      const Value name = value_among(report.properties, full_device_name);
      if (!name.is_null()) report.full_name = text_of(name);
    }
    for (const std::string& hint : hints_) {
      if (stop_.stop_requested()) return report;
      if (begun_) begun_(device, hint);
      compile(report, hint);
    }
    if (is_composite(device)) report.full_name = names_of_members(device);
    return report;
  }

  std::vector<Property> properties_of(const std::string& device) {
    try {
      return read_properties(*runtime_.device(device), of_devices, all_);
    } catch (const std::exception&) {
      std::vector<Property> properties;
      for (const std::string_view name : of_devices) properties.emplace_back().name = name;
      return properties;
    }
  }

  void compile(DeviceReport& report, const std::string& hint) {
    HintReport& compiled = report.hints.emplace_back();
    compiled.hint = hint;
    try {
      const std::unique_ptr<PropertySource> source = runtime_.compile(report.device, hint);
      compiled.properties = read_properties(*source, of_compiled, all_);
      // A composite has no properties of its own until it is compiled: asked before, the runtime throws.
      if (is_composite(report.device) && report.properties.empty())
        report.properties = read_properties(*source, of_devices, false);
    } catch (const std::exception& error) {
      compiled.problem = brief(error);
    }
  }

  /// Of the members that are there; of AUTO without members, all devices.
  std::string names_of_members(const std::string& device) {
    std::string names;
    for (const std::string& member : device_members(device, available_)) {
      const Value name = tried([&] { return runtime_.device(member)->read(std::string(full_device_name)); });
      names += (names.empty() ? "" : ", ") + (name.is_null() ? member : text_of(name));
    }
    return names;
  }

  Runtime& runtime_;
  const std::function<void(std::string_view, std::string_view)>& begun_;
  const std::stop_token& stop_;
  std::vector<std::string> available_;
  std::vector<std::string> hints_;
  bool all_;
};

}  // namespace

Value HintReport::value(std::string_view name) const {
  return value_among(properties, name);
}

std::string HintReport::other_hint() const {
  const Value actual = value(performance_hint_name);
  return actual.is_null() || text_of(actual) == hint ? "" : text_of(actual);
}

bool Survey::is_complete() const {
  return !interrupted && missing.empty() && std::ranges::all_of(devices, [](const DeviceReport& report) {
    return std::ranges::all_of(report.hints, [](const HintReport& compiled) { return compiled.problem.empty(); });
  });
}

std::span<const std::string_view> device_property_names() {
  return of_devices;
}

std::span<const std::string_view> compiled_property_names() {
  return of_compiled;
}

Survey take_survey(Runtime& runtime, const SurveyOptions& options,
                   const std::function<void(std::string_view, std::string_view)>& begun, std::stop_token stop) {
  return Surveyor(runtime, options, begun, stop).take(options.devices);
}

}  // namespace inferqueue::devices
