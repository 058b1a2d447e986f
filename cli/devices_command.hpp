// `inferqueue devices`: what each device offers.
#pragma once

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace inferqueue::cli {

std::unique_ptr<Command> make_devices_command(CLI::App& app);

}  // namespace inferqueue::cli
