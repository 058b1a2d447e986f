// What `inferqueue detect` does with its results.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "cli/json_output.hpp"
#include "cli/output_options.hpp"
#include "cli/progress.hpp"
#include "pipeline/report.hpp"
#include "pipeline/result.hpp"
#include "pipeline/run_folder.hpp"

namespace inferqueue::cli {

/// The options on what is written, as they are typed.
struct CollectorOptions {
  std::string model;
  JsonOption json;
  RunFolderOptions folder{.project = "runs/detect"};
  bool nosave = false;
  bool save_txt = false;
  bool save_conf = false;

  bool writes_folder() const { return !nosave || save_txt; }
};

/// Takes the results in order: prints, draws, saves, counts. What can't be written is told, and the rest goes on.
/// Thread rules: one thread at a time.
class Collector {
 public:
  /// Makes the run's folder, if there is anything to go into it. Throws base::UserError.
  Collector(const CollectorOptions& options, JsonOutput json, std::vector<std::string> labels, std::size_t pictures);

  void take(pipeline::PictureResult result);
  /// Prints the totals and completes the JSON.
  void finish(std::chrono::duration<double> took, bool interrupted);

  /// Something could not be read, inferred or written.
  bool failed() const { return failed_ > 0 || json_failed_; }

 private:
  bool save(pipeline::PictureResult& result);
  template <class Write>
  bool saved(const pipeline::PictureResult& result, Write write);
  template <class Write>
  void write_json(Write write);

  const CollectorOptions& options_;
  JsonOutput json_;
  pipeline::ReportText report_;
  std::vector<std::string> labels_;
  std::size_t pictures_;
  std::FILE* out_;  // standard error where standard output carries the JSON
  std::optional<pipeline::RunFolder> folder_;
  std::size_t delivered_ = 0;
  std::size_t failed_ = 0;
  std::size_t objects_ = 0;
  bool json_failed_ = false;
  Progress progress_;
};

}  // namespace inferqueue::cli
