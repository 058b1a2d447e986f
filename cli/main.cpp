// The command `inferqueue`.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>

#include "base/user_error.hpp"
#include "cli/bench_command.hpp"
#include "cli/bench_spelling.hpp"
#include "cli/command.hpp"
#include "cli/detect_command.hpp"
#include "cli/devices_command.hpp"
#include "cli/export_command.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/val_command.hpp"
#include "pipeline/decoder_messages.hpp"
#include "pipeline/video_source.hpp"

namespace inferqueue::cli {
namespace {

/// One line for a message of a library that has several.
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
  std::cerr.rdbuf(nullptr);                                               // and OpenCV's decoders say it there,
  pipeline::catch_decoder_messages();                                     // and the libraries below them on stderr

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

  std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  if (!arguments.empty() && arguments.front() == "bench") arguments = with_our_spelling(arguments);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {  // --help, --version
      std::ostringstream text;
      app.exit(error, text, text);
      put(stdout, text.str());
      return standard_output_is_whole() ? exit_ok : exit_failed;
    }
    const auto chosen = app.get_subcommands();
    say(fmt::format("{} (see 'inferqueue{} --help')", error.what(),
                    chosen.empty() ? "" : " " + chosen.front()->get_name()));
    return exit_usage;
  }
  for (const auto& command : commands) {
    if (!command->app().parsed()) continue;
    const int status = command->run(interrupt.token());
    return status == exit_ok && !standard_output_is_whole() ? exit_failed : status;
  }
  say("give a command: detect, val, devices, bench or export (see 'inferqueue --help')");
  return exit_usage;
}

}  // namespace
}  // namespace inferqueue::cli

namespace {

/// Ends the process where threads that stand still in OpenCV would be robbed of what they use.
int end(int status) {
  if (inferqueue::pipeline::readers_left_behind() == 0) return status;
  std::fflush(nullptr);
  std::_Exit(status);
}

}  // namespace

int main(int argc, char** argv) {
  inferqueue::cli::reserve_standard_files();
  try {
    return end(inferqueue::cli::run(argc, argv));
  } catch (const inferqueue::base::OptionError& error) {
    inferqueue::cli::say(error.what());
    return inferqueue::cli::exit_usage;
  } catch (const inferqueue::base::UserError& error) {
    inferqueue::cli::say(error.what());
  } catch (const std::exception& error) {
    inferqueue::cli::say(inferqueue::cli::one_line(error.what()));
  } catch (...) {
    inferqueue::cli::say("an unknown error");
  }
  return end(inferqueue::cli::exit_failed);
}
