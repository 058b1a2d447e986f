// The files that a report of bench goes to.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "cli/bench_options.hpp"
#include "cli/bench_report.hpp"
#include "cli/json_output.hpp"

namespace inferqueue::cli {

/// Opened before anything is measured, and written at the end. Thread rules: one thread.
class BenchOutputs {
 public:
  /// Throws base::UserError (base::OptionError) that names the option where one can't be written: two in one place, a
  /// folder that isn't there, a page that this build can't make.
  explicit BenchOutputs(const BenchOptions& options);

  /// Throws base::UserError if one of the files is this input, which `what` names.
  void check_are_not(const std::filesystem::path& input, std::string_view what) const;
  /// The same for one of the pictures.
  void check_are_none_of(std::span<const std::filesystem::path> pictures) const;
  /// The same for a model's file and the weights beside it.
  void check_are_not_model(const std::filesystem::path& model) const;
  /// Writes what is wanted. Throws base::UserError if a file can't be written.
  void write(const BenchReport& report);
  /// Whether standard output carries one of them, so that lines for people go to standard error.
  bool take_standard_output() const noexcept { return take_standard_output_; }

 private:
  std::vector<OutputOption> options_;
  bool take_standard_output_ = false;
  JsonOutput json_;
  JsonOutput csv_;
  JsonOutput trace_;
  JsonOutput html_;
  JsonOutput config_;
};

}  // namespace inferqueue::cli
