#include "cli/output_options.hpp"

#include <system_error>

#include <fmt/format.h>

#include "base/user_error.hpp"

namespace inferqueue::cli {
namespace fs = std::filesystem;

namespace {

constexpr const char* group = "Output";

}  // namespace

void check_output_is_not(const OutputOption& output, const fs::path& input, std::string_view what) {
  std::error_code ignored;
  if (fs::is_regular_file(output.file, ignored) && fs::equivalent(output.file, input, ignored))
    throw base::UserError(fmt::format("{} {}: is {}; give another file", output.name, output.file, what));
}

void check_output_is_none_of(const OutputOption& output, std::span<const fs::path> pictures) {
  std::error_code ignored;
  if (!fs::is_regular_file(output.file, ignored)) return;  // nor is any of thousands asked for
  for (const fs::path& picture : pictures) check_output_is_not(output, picture, "one of the pictures");
}

void check_output_is_not_model(const OutputOption& output, const fs::path& model) {
  check_output_is_not(output, model, "the model");
  check_output_is_not(output, fs::path(model).replace_extension(".bin"), "the model's weights");
}

void JsonOption::declare(CLI::App& app) {
  app.add_option("--json", file, "write the results as JSON to FILE, or - for standard output")
      ->type_name("FILE")
      ->group(group);
}

void JsonOption::check_is_none_of(std::span<const fs::path> pictures) const {
  check_output_is_none_of({"--json", file}, pictures);
}

void JsonOption::check_is_not(const fs::path& input, std::string_view what) const {
  check_output_is_not({"--json", file}, input, what);
}

void JsonOption::check_is_not_model(const fs::path& model) const {
  check_output_is_not_model({"--json", file}, model);
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
  if (name.empty()) throw base::OptionError("--name: give a folder's name");
}

}  // namespace inferqueue::cli
