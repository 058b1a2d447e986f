// A survey for people and for programs.
#pragma once

#include <string>

#include "devices/survey.hpp"

namespace inferqueue::devices {

/// A table per device, a column per hint, and below it what people should notice: a hint that wasn't taken, more
/// threads than the container allows. Ends with a newline. Names and texts stand in it as in_one_line(). Missing
/// devices are not in it.
std::string to_text(const Survey& survey);

/// {"schema_version": 1, "openvino_version", "model", "interrupted",
///  "cpu": {"processors", "usable", "cgroup_v2", "quota", "cpuset"},
///  "devices": [{"device", "full_name", "properties": {NAME: value}, "hints": {HINT: {NAME: value}}}],
///  "missing": [{"device", "error"}]}.
/// Null is what isn't supported, and "cpu" where it isn't known. A hint that couldn't be compiled has just "error".
/// With all properties, a device has "mutable": [NAME…] of its own.
Value to_json(const Survey& survey);

}  // namespace inferqueue::devices
