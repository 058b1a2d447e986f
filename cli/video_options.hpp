// The options about videos and live sources.
#pragma once

#include <CLI/CLI.hpp>

#include "pipeline/video_reader.hpp"

namespace inferqueue::cli {

/// --vid-stride, --max-frames, --stream-timeout and --retries.
struct VideoOption {
  long long stride = 1;
  long long max_frames = 0;
  double timeout = 10;
  long long retries = 5;

  void declare(CLI::App& app);
  /// Throws base::OptionError that names the option.
  void check() const;
  pipeline::VideoOptions options() const;
};

}  // namespace inferqueue::cli
