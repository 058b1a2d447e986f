// The command `inferqueue`.
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>

#include "base/user_error.hpp"
#include "cli/bench_command.hpp"
#include "cli/command.hpp"
#include "cli/detect_command.hpp"
#include "cli/devices_command.hpp"
#include "cli/export_command.hpp"
#include "cli/interrupt.hpp"
#include "cli/val_command.hpp"

namespace inferqueue::cli {
namespace {

/// One line for a message that may have several.
std::string one_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text)
    if (c == '\n') c = ' ';
  return text;
}

int run(int argc, char** argv) {
  // Before any thread is made, because threads inherit which signals are blocked.
  const Interrupt interrupt;
  cv::setNumThreads(1);  // pictures are prepared beside the inference: OpenCV's own threads would only get in its way
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);  // what fails is said by this command
  std::cerr.rdbuf(nullptr);                                               // and OpenCV's decoders say it there

  CLI::App app("Object detection on OpenVINO, through a queue of infer requests that keeps the hardware busy.");
  app.name("inferqueue");
  app.set_version_flag("--version", "inferqueue " INFERQUEUE_VERSION);
  app.require_subcommand(0, 1);  // below: here a misspelt one would be "required", not "unexpected"
  app.get_formatter()->column_width(36);
  app.footer("'inferqueue COMMAND --help' explains a command.");
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_detect_command(app));
  commands.push_back(make_val_command(app));
  commands.push_back(make_devices_command(app));
  commands.push_back(make_bench_command(app));
  commands.push_back(make_export_command(app));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);  // --help
    const auto chosen = app.get_subcommands();
    fmt::print(stderr, "inferqueue: {} (see 'inferqueue{} --help')\n", one_line(error.what()),
               chosen.empty() ? "" : " " + chosen.front()->get_name());
    return exit_usage;
  }
  for (const auto& command : commands) {
    if (!command->app().parsed()) continue;
    const int status = command->run(interrupt.token());
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      throw base::UserError("standard output can't be written; is the disk full?");
    return status;
  }
  fmt::print(stderr, "inferqueue: give a command: detect, val, devices, bench or export (see 'inferqueue --help')\n");
  return exit_usage;
}

}  // namespace
}  // namespace inferqueue::cli

int main(int argc, char** argv) {
  try {
    return inferqueue::cli::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "inferqueue: {}\n", inferqueue::cli::one_line(error.what()));
  } catch (...) {
    fmt::print(stderr, "inferqueue: an unknown error\n");
  }
  return inferqueue::cli::exit_failed;
}
