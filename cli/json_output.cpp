#include "cli/json_output.hpp"

#include <cstdio>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/user_error.hpp"
#include "cli/output.hpp"

namespace inferqueue::cli {
namespace fs = std::filesystem;

JsonOutput::JsonOutput(const std::string& option, std::string_view name) : to_standard_output_(option == "-") {
  if (option.empty() || to_standard_output_) return;
  std::error_code ignored;
  const fs::path folder = fs::path(option).parent_path();
  if (!folder.empty() && !fs::is_directory(folder, ignored))
    throw base::UserError(fmt::format("{} {}: there is no folder {}", name, option, folder.string()));
  if (fs::is_directory(option, ignored))
    throw base::UserError(fmt::format("{} {}: is a folder; give a file", name, option));
  file_ = std::make_unique<pipeline::NewFile>(option);
}

void JsonOutput::write(std::string_view text) {
  if (to_standard_output_) put(stdout, text);
  // What is written in part is of no use, and its room on the disk may be.
  if (auto file = std::exchange(file_, nullptr)) {
    file->write(text);
    file_ = std::move(file);
  }
}

void JsonOutput::finish() {
  if (const auto file = std::exchange(file_, nullptr)) file->commit();
}

}  // namespace inferqueue::cli
