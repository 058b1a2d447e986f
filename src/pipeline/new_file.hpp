// A file that comes into being whole.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

namespace inferqueue::pipeline {

/// Is written beside its place, under a hidden name of this process alone (`.inferqueue-PID-N.part`, short whatever the
/// file's own name is), and takes its place with commit(). A run that ends before, however it ends, leaves the old file
/// or none, never half of one. What a killed run leaves under the hidden name is nobody's: no run looks at it.
///
/// A link that leads to a file stays one, and that file is replaced, with its permissions. A device or a pipe is
/// written into.
///
/// Thread rules: one thread at a time per object. Different objects, in any number of processes, may have the same
/// place: the last commit() stays.
class NewFile {
 public:
  /// Throws base::UserError, naming `path` and why, if no file can be written there.
  explicit NewFile(const std::filesystem::path& path);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  NewFile(NewFile&&) = delete;
  NewFile& operator=(NewFile&&) = delete;
  /// Takes the hidden file away, unless it was committed.
  ~NewFile();

  /// Throws base::UserError naming the path and why: the disk is full.
  void write(std::span<const unsigned char> bytes);
  void write(std::string_view text);
  /// Nothing may be written afterwards. Throws as write(); the old file is still there then.
  void commit();

 private:
  void make_beside(const std::filesystem::path& folder);
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;    // as it was given: for messages
  std::filesystem::path target_;  // where the links lead to
  std::filesystem::path beside_;  // empty if it is written in place, or isn't there any more
  int file_ = -1;
};

}  // namespace inferqueue::pipeline
