#include "cli/bench_config.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openvino/runtime/properties.hpp>

#include "base/user_error.hpp"

namespace inferqueue::cli {

void load_config(const std::string& file, pipeline::DeviceOptions& device) {
  if (file.empty()) return;
  std::ifstream stream(file);
  std::error_code ignored;
  if (!stream || std::filesystem::is_directory(file, ignored))
    throw base::UserError(fmt::format("--load-config {}: can't be read", file));
  const auto json = nlohmann::ordered_json::parse(stream, nullptr, false);
  if (!json.is_object())
    throw base::UserError(fmt::format(R"(--load-config {}: is not like {{"CPU": {{"NUM_STREAMS": "3"}}}})", file));
  const auto found = json.find(device.device);
  if (found == json.end()) return;
  if (!found->is_object())
    throw base::UserError(fmt::format("--load-config {}: {} has no properties", file, device.device));
  for (const auto& [name, value] : found->items())
    device.properties[name] = value.is_string() ? value.get<std::string>() : value.dump();
}

nlohmann::ordered_json config_of(const pipeline::DeviceOptions& device, const std::string& hint) {
  nlohmann::ordered_json properties = nlohmann::ordered_json::object();
  for (const auto& [name, value] : device.properties) properties[name] = value.as<std::string>();
  if (!hint.empty()) properties[ov::hint::performance_mode.name()] = hint;
  if (device.streams) properties[ov::num_streams.name()] = std::to_string(*device.streams);
  if (device.threads) properties[ov::inference_num_threads.name()] = std::to_string(*device.threads);
  if (!device.precision.empty()) properties[ov::hint::inference_precision.name()] = device.precision;
  if (!device.cache_dir.empty()) properties[ov::cache_dir.name()] = device.cache_dir.string();
  return {{device.device, std::move(properties)}};
}

}  // namespace inferqueue::cli
