// Where --json goes, and other results that are files.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "pipeline/new_file.hpp"

namespace inferqueue::cli {

/// Nowhere where the option is empty, standard output for "-", else a file that comes into being whole
/// (pipeline::NewFile). Thread rules: one thread at a time.
class JsonOutput {
 public:
  /// `name` is the option's. Throws base::UserError, before any work is done, if no file can be written there.
  explicit JsonOutput(const std::string& option, std::string_view name = "--json");

  bool wanted() const noexcept { return to_standard_output_ || file_ != nullptr; }
  /// Throws base::UserError if the file can't be written; nothing of it is left then, and nothing is wanted any more.
  void write(std::string_view text);
  /// Everything is written. Throws as write().
  void finish();

 private:
  bool to_standard_output_;
  std::unique_ptr<pipeline::NewFile> file_;
};

}  // namespace inferqueue::cli
