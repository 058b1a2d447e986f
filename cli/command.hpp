// What main() knows of a subcommand.
#pragma once

#include <stop_token>

#include <CLI/CLI.hpp>

namespace inferqueue::cli {

/// The statuses that the command ends with.
enum ExitStatus : int {
  exit_ok = 0,
  exit_failed = 1,         ///< something could not be done; a line on standard error says what
  exit_usage = 2,          ///< the command line is wrong
  exit_interrupted = 130,  ///< Ctrl-C; what was done by then is kept
};

/// Declares its options at construction and runs once they have been parsed.
class Command {
 public:
  Command() = default;
  virtual ~Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  Command(Command&&) = delete;
  Command& operator=(Command&&) = delete;

  /// Returns an exit status. Errors are thrown; their text is printed after the command's name.
  virtual int run(std::stop_token stop) = 0;
  virtual const CLI::App& app() const = 0;
};

}  // namespace inferqueue::cli
