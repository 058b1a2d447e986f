// The options that every command that runs a detector has.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "pipeline/detector.hpp"
#include "pipeline/model.hpp"
#include "vision/heads/registry.hpp"
#include "vision/postprocess.hpp"

namespace inferqueue::cli {

/// The runtime's name of a performance hint, see devices::performance_hint(). Throws base::OptionError if there is
/// none.
std::string checked_hint(const std::string& hint);

/// As the runtime knows devices: in upper case.
std::string device_name(const std::string& typed);

struct DetectorOptions {
  std::string model;
  std::string head{vision::kAutoHead};  // one of vision::head_options() once it is checked
  std::vector<std::string> sources;
  std::vector<int> imgsz;  // one side, or height and width
  std::string device = "CPU";
  std::optional<int> streams;
  std::string precision;
  std::string cache_dir;
  long long jobs = 0;
  vision::PostprocessOptions postprocess;
  long long max_det = 1000;

  /// Declares all of these on the command; `what` says what the sources may be.
  void declare(CLI::App& app, const std::string& what = "pictures, folders or globs; several may follow");
  /// The same in parts, for a command that takes its pictures otherwise.
  void declare_model(CLI::App& app);
  void declare_sources(CLI::App& app, const std::string& what);
  void declare_detection(CLI::App& app);
  void declare_device(CLI::App& app);
  void declare_jobs(CLI::App& app);

  /// Checks what was parsed, and gives the device and the precision the case that the runtime wants. Throws
  /// base::OptionError that names the option.
  void check();
  /// Throws base::OptionError if --classes names one beyond the classes of a model, as far as it tells their number.
  void check_classes(std::optional<std::size_t> classes) const;
  std::optional<vision::Size> network_size() const;
  pipeline::DeviceOptions device_options(const std::string& hint) const;
};

/// --hint, for a command that takes one.
void declare_hint(CLI::App& app, std::string& hint);

/// --labels FILE: the names of the classes.
struct LabelsOption {
  std::string file;

  void declare(CLI::App& app);
  /// Those of the file, else the model's own, used as far as they go. Says on standard error if they are fewer or more
  /// than the classes, which may mean another model's names. Throws std::runtime_error naming the file.
  std::vector<std::string> names(const pipeline::DetectorModel& model) const;
};

}  // namespace inferqueue::cli
