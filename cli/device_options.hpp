// The options that every command that runs a detector has.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "pipeline/detector.hpp"
#include "vision/postprocess.hpp"

namespace inferqueue::cli {

/// Throws base::OptionError if there is no such performance hint.
void check_hint(const std::string& hint);

struct DetectorOptions {
  std::string model;
  std::vector<std::string> sources;
  std::vector<int> imgsz;  // one side, or height and width
  std::string device = "CPU";
  std::optional<int> streams;
  std::string precision;
  std::string cache_dir;
  long long jobs = 0;
  vision::PostprocessOptions postprocess;
  long long max_det = 1000;

  /// Declares all of these on the command.
  void declare(CLI::App& app);

  /// Checks what was parsed, and gives the device and the precision the case that the runtime wants. Throws
  /// base::OptionError that names the option.
  void check();
  std::optional<vision::Size> network_size() const;
  pipeline::DeviceOptions device_options(const std::string& hint) const;
};

}  // namespace inferqueue::cli
