// `inferqueue detect`: objects in pictures.
#pragma once

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace inferqueue::cli {

std::unique_ptr<Command> make_detect_command(CLI::App& app);

}  // namespace inferqueue::cli
