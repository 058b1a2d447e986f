// The options about what a command writes.
#pragma once

#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "pipeline/run_folder.hpp"

namespace inferqueue::cli {

/// An option that names a file to be written, and what it names; "-" is standard output.
struct OutputOption {
  std::string name;
  std::string file;
};
/// Throws base::UserError, which says `what` it is, if the file is this input.
void check_output_is_not(const OutputOption& output, const std::filesystem::path& input, std::string_view what);
/// The same for one of the pictures. Quick also for thousands of them.
void check_output_is_none_of(const OutputOption& output, std::span<const std::filesystem::path> pictures);
/// The same for a model's file, or the weights beside it.
void check_output_is_not_model(const OutputOption& output, const std::filesystem::path& model);

/// --json FILE, where "-" is standard output; JsonOutput writes it.
struct JsonOption {
  std::string file;

  void declare(CLI::App& app);
  /// Throws base::UserError if the file is one of the pictures.
  void check_is_none_of(std::span<const std::filesystem::path> pictures) const;
  /// Throws base::UserError, which says `what` it is, if the file is this input.
  void check_is_not(const std::filesystem::path& input, std::string_view what) const;
  /// The same for a model's file, or the weights beside it.
  void check_is_not_model(const std::filesystem::path& model) const;
  /// Where lines for people go: standard error where standard output carries the JSON.
  std::FILE* lines() const { return file == "-" ? stderr : stdout; }
};

/// --project, --name and --exist-ok: the folder that a run writes into.
struct RunFolderOptions {
  std::filesystem::path project;
  std::string name = "exp";
  bool exist_ok = false;

  void declare(CLI::App& app);
  /// Throws base::OptionError that names the option.
  void check() const;
  /// Makes the folder. Throws base::UserError if it can't be made or written.
  pipeline::RunFolder make() const { return {project, name, exist_ok}; }
};

}  // namespace inferqueue::cli
