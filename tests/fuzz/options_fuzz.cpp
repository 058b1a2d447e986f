// The options of a command that runs a detector. Seed: the command line, an argument a line.
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/user_error.hpp"
#include "cli/device_options.hpp"
#include "cli/output_options.hpp"
#include "fuzz/fuzz.hpp"

namespace inferqueue::fuzz {
namespace {

constexpr std::size_t classes = 80;

struct Options {
  cli::DetectorOptions detector;
  std::string hint = "throughput";
  cli::LabelsOption labels;
  cli::JsonOption json;
  cli::RunFolderOptions folder;

  void declare(CLI::App& app) {
    detector.declare(app);
    cli::declare_hint(app, hint);
    labels.declare(app);
    json.declare(app);
    folder.declare(app);
  }

  void check() {
    detector.check();
    detector.check_classes(classes);
    hint = cli::checked_hint(hint);
    folder.check();
  }
};

void check_values(const Options& options) {
  const vision::PostprocessOptions& postprocess = options.detector.postprocess;
  require(!options.detector.sources.empty(), "there is a source");
  require(postprocess.conf >= 0 && postprocess.conf <= 1, "the confidence is a share");
  require(postprocess.iou >= 0 && postprocess.iou <= 1, "the overlap is a share");
  require(postprocess.max_det >= 1, "there may be an object");
  require(options.detector.jobs >= 0, "the requests can be counted");
  for (const int id : postprocess.classes)
    require(id >= 0 && id < static_cast<int>(classes), "a class is one there is");
  require(!options.folder.name.empty(), "the folder has a name");
  if (const auto size = options.detector.network_size())
    require(size->width == options.detector.imgsz.back() && size->height == options.detector.imgsz.front(),
            "the size is what was typed");
  require(options.detector.device_options(options.hint).hint == options.hint, "the device gets the hint");
}

}  // namespace

void run(Input input) {
  std::vector<std::string> arguments;
  while (!input.empty()) arguments.push_back(input.argument());
  CLI::App app("", "inferqueue");
  Options options;
  options.declare(app);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    options.check();
  } catch (const CLI::ParseError&) {
    return;
  } catch (const base::OptionError& error) {
    require(*error.what() != '\0', "an error says what is wrong");
    return;
  }
  check_values(options);
}

}  // namespace inferqueue::fuzz
