// Devices and hints as people type them.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace inferqueue::devices {

/// Whether what was typed means this one of the available devices: "GPU" means each of GPU.0, GPU.1…; "GPU.0" is listed
/// as "GPU" where there is only one.
bool names_device(const std::string& typed, const std::string& device);

/// The devices that a name is made of: {"GPU", "CPU"} for "AUTO:GPU,CPU", {"GPU.0"} for "GPU.0", {} for "AUTO".
/// Excluded ones ("-CPU") and parameters ("CPU(4)") are left out.
std::vector<std::string> device_members(const std::string& device);

/// The same, and for a composite that names no members, as "AUTO" and "AUTO:-CPU", those `available` that it doesn't
/// exclude.
std::vector<std::string> device_members(const std::string& device, std::span<const std::string> available);

/// True for AUTO, MULTI, HETERO and BATCH, with or without members: devices made of others.
bool is_composite(const std::string& device);

/// Throws base::UserError if the name is of no device that exists, or excludes all that do: it names the missing one
/// and lists `available` (ov::Core::get_available_devices()). The runtime's own text can be just ";".
void check_device(const std::string& device, std::span<const std::string> available);

/// The runtime's performance hint for what people type: latency, throughput (tput), cumulative_throughput (ctput), in
/// any case. Throws base::UserError.
std::string performance_hint(const std::string& hint);

}  // namespace inferqueue::devices
