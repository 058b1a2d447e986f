// What `inferqueue detect` does with its results.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/json_output.hpp"
#include "cli/output_options.hpp"
#include "cli/progress.hpp"
#include "cli/saver.hpp"
#include "cli/source_tally.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/report.hpp"
#include "pipeline/result.hpp"

namespace inferqueue::cli {

/// The options on what is written, as they are typed.
struct CollectorOptions {
  std::string model;
  JsonOption json;
  SaveOptions save;
  std::size_t pictures = 0;    ///< how many there are
  std::size_t stride = 1;      ///< of the frames of videos and live sources
  std::size_t max_frames = 0;  ///< of each of them; 0: all
};

/// Takes the results in order: prints, draws, saves, counts. What can't be written is told, and the rest goes on.
/// Thread rules: one thread at a time.
class Collector final : public pipeline::FrameSink {
 public:
  /// Makes the run's folder, if there is anything to go into it. Throws base::UserError.
  Collector(const CollectorOptions& options, JsonOutput json, std::vector<std::string> labels,
            std::vector<SourceEntry> sources);

  void take(pipeline::PictureResult& result) override;
  void note(std::size_t source, const std::string& text) override;
  void end(std::size_t source, const std::string& failure) override;
  /// Prints the totals and completes the JSON.
  void finish(std::chrono::duration<double> took, bool interrupted);

  /// Something could not be read, inferred or written.
  bool failed() const { return failures_ > 0 || json_failed_; }

 private:
  std::string line_of(const pipeline::PictureResult& result) const;
  void show_progress();
  template <class Write>
  void write_json(Write write);

  const CollectorOptions& options_;
  JsonOutput json_;
  pipeline::ReportText report_;
  std::vector<SourceEntry> sources_;
  std::vector<SourceTally> tallies_;  // for each source
  std::FILE* out_;                    // standard error where standard output carries the JSON
  Progress progress_;
  Saver saver_;
  std::size_t pictures_ = 0;  // delivered
  std::size_t failed_pictures_ = 0;
  std::size_t failures_ = 0;  // those, frames and sources
  std::size_t objects_ = 0;
  bool json_failed_ = false;
};

}  // namespace inferqueue::cli
