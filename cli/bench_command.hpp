// `inferqueue bench`: one request, two requests, the queue, on the same work.
#pragma once

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/command.hpp"

namespace inferqueue::cli {

std::unique_ptr<Command> make_bench_command(CLI::App& app);

}  // namespace inferqueue::cli
