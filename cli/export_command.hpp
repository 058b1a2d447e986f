// `inferqueue export`: a built-in model as a file.
#pragma once

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace inferqueue::cli {

std::unique_ptr<Command> make_export_command(CLI::App& app);

}  // namespace inferqueue::cli
