// The seam to what knows devices: the runtime of this machine, or the record of another's.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/value.hpp"
#include "machine/cpu_limits.hpp"

namespace inferqueue::devices {

struct PropertyName {
  std::string name;
  bool is_mutable = false;
};

struct MissingDevice {
  std::string device;
  std::string problem;  ///< names it, says why and lists those that are there
};

/// A device's properties, or those of a model compiled for one.
class PropertySource {
 public:
  PropertySource() = default;
  virtual ~PropertySource() = default;
  PropertySource(const PropertySource&) = delete;
  PropertySource& operator=(const PropertySource&) = delete;
  PropertySource(PropertySource&&) = delete;
  PropertySource& operator=(PropertySource&&) = delete;

  /// All that it says it has. May throw anything.
  virtual std::vector<PropertyName> supported() = 0;
  /// One value. Throws anything for what it doesn't have; that it is among supported() promises nothing.
  virtual Value read(const std::string& name) = 0;
};

/// Thread rules: one thread at a time.
class Runtime {
 public:
  Runtime() = default;
  virtual ~Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  Runtime(Runtime&&) = delete;
  Runtime& operator=(Runtime&&) = delete;

  virtual std::string version() = 0;
  /// What is compiled for the devices: a file or a built-in model.
  virtual std::string model() = 0;
  /// Nothing where it isn't known.
  virtual std::optional<machine::CpuLimits> cpu_limits() = 0;
  /// The devices that exist, as ov::Core::get_available_devices() names them.
  virtual std::vector<std::string> available_devices() = 0;
  /// The devices to look at where nobody names any.
  virtual std::vector<std::string> default_devices() { return available_devices(); }
  /// Devices that were asked for and not there: of a record.
  virtual std::vector<MissingDevice> missing_devices() { return {}; }
  /// Throws base::UserError, which says why and lists those that are there, for a device that can't be looked at.
  virtual void check(const std::string& device) = 0;
  /// The performance hints that can be asked for.
  virtual std::vector<std::string> hints() = 0;
  /// `name` is no composite. May throw anything.
  virtual std::unique_ptr<PropertySource> device(const std::string& name) = 0;
  /// The model compiled for the device under the hint. May throw anything, and take seconds.
  virtual std::unique_ptr<PropertySource> compile(const std::string& device, const std::string& hint) = 0;
};

}  // namespace inferqueue::devices
