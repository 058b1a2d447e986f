// Values of the runtime's properties, whatever their types.
#pragma once

#include <string>

#include <nlohmann/json.hpp>
#include <openvino/core/any.hpp>

namespace inferqueue::devices {

/// A property's value: a number, a bool, a string, or an array of these; null where there is none. (A range of streams
/// is [least, most], a range of requests [least, most, step].)
using Value = nlohmann::ordered_json;

/// What the runtime gave, by its own type; types that aren't plain are text as the runtime writes them. Throws what the
/// runtime throws where it can't write one.
Value value_of(const ov::Any& any);

/// As people read it: "1 20" for a range, "YES" and "NO" as OpenVINO writes them, "not supported" for null, "(empty)",
/// control characters escaped.
std::string text_of(const Value& value);

}  // namespace inferqueue::devices
