// Device names as people type them.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace inferqueue::pipeline {

/// The devices that a name is made of: {"GPU", "CPU"} for "AUTO:GPU,CPU", {"GPU.0"} for "GPU.0", {} for "AUTO".
/// Excluded ones ("-CPU") and parameters ("CPU(4)") are left out.
std::vector<std::string> device_members(const std::string& device);

/// Throws base::UserError if the name is of no device that exists: it names the missing one and lists `available`
/// (ov::Core::get_available_devices()). The runtime's own text can be just ";".
void check_device(const std::string& device, std::span<const std::string> available);

/// The runtime's performance hint for what people type: latency, throughput (tput), cumulative_throughput (ctput), in
/// any case. Throws base::UserError.
std::string performance_hint(const std::string& hint);

/// The one line of an exception of the runtime that says what is wrong, without the source files it went through.
std::string brief(const std::exception& error);

}  // namespace inferqueue::pipeline
