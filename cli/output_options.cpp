#include "cli/output_options.hpp"

#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/user_error.hpp"
#include "pipeline/files.hpp"
#include "pipeline/report.hpp"

namespace inferqueue::cli {
namespace fs = std::filesystem;
using base::UserError;

namespace {

constexpr const char* group = "Output";

}  // namespace

void JsonOption::declare(CLI::App& app) {
  app.add_option("--json", file, "write the results as JSON to FILE, or - for standard output")
      ->type_name("FILE")
      ->group(group);
}

void JsonOption::check() const {
  const fs::path folder = fs::path(file).parent_path();
  if (!folder.empty() && !fs::is_directory(folder))
    throw UserError(fmt::format("--json {}: there is no folder {}", file, folder.string()));
  if (!file.empty() && fs::is_directory(file))
    throw UserError(fmt::format("--json {}: is a folder; give a file", file));
}

void JsonOption::check_is_none_of(std::span<const fs::path> pictures) const {
  std::error_code ignored;
  for (const fs::path& picture : pictures)
    if (fs::is_regular_file(file) && fs::equivalent(file, picture, ignored))
      throw UserError(fmt::format("--json {}: is one of the pictures; give another file", file));
}

void JsonOption::write(const nlohmann::ordered_json& json) const {
  if (!wanted()) return;
  const std::string text = pipeline::to_text(json);
  if (file == "-")
    fmt::print("{}", text);
  else
    pipeline::write_file(file, text);
}

void RunFolderOptions::declare(CLI::App& app) {
  app.add_option("--project", project, "folder that holds the runs")
      ->capture_default_str()
      ->type_name("FOLDER")
      ->group(group);
  app.add_option("--name", name, "this run's folder in it; a number is added if it is there already")
      ->capture_default_str()
      ->type_name("NAME")
      ->group(group);
  app.add_flag("--exist-ok", exist_ok, "write into that folder even if it is there already")->group(group);
}

void RunFolderOptions::check() const {
  if (name.empty()) throw UserError("--name: give a folder's name");
}

}  // namespace inferqueue::cli
