// How a model is compiled.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <openvino/core/any.hpp>

namespace inferqueue::pipeline {

/// How a model is compiled. A plain value: the same for every command that runs one.
struct DeviceOptions {
  std::string device = "CPU";
  std::string hint = "throughput";  ///< see performance_hint(); none where empty
  std::optional<int> streams;       ///< NUM_STREAMS; the device's choice where empty
  std::optional<int> threads;       ///< INFERENCE_NUM_THREADS; the device's choice where empty
  std::string precision;            ///< INFERENCE_PRECISION_HINT: f32, f16, bf16; the device's choice where empty
  std::filesystem::path cache_dir;  ///< CACHE_DIR: where compiled models are kept; nowhere where empty
  ov::AnyMap properties;            ///< the runtime's own, by its names; what is said above goes before
};

}  // namespace inferqueue::pipeline
