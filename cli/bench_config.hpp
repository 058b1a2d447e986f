// The runtime's properties in files, as benchmark_app has them.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "pipeline/detector.hpp"

namespace inferqueue::cli {

/// {"CPU": {"NUM_STREAMS": "3"}}: takes what is there for the device into `properties`. Throws base::UserError that
/// names the file.
void load_config(const std::string& file, pipeline::DeviceOptions& device);

/// What --load-config takes to have these options again, under one hint.
nlohmann::ordered_json config_of(const pipeline::DeviceOptions& device, const std::string& hint);

}  // namespace inferqueue::cli
