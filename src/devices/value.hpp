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

/// A text as it is, or escaped as in JSON where it has characters that steer terminals, line breaks among them: reports
/// come from other machines.
std::string in_one_line(const std::string& text);

/// As people read it: "1 20" for a range, "YES" and "NO" as OpenVINO writes them, "not supported" for null, "(empty)",
/// texts as in_one_line().
std::string text_of(const Value& value);

}  // namespace inferqueue::devices
