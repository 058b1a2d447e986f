#include "pipeline/run_folder.hpp"

#include <system_error>

#include <fmt/format.h>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "pipeline/files.hpp"
#include "pipeline/picture.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

void make_folder(const fs::path& path, bool& made) {
  std::error_code failed;
  fs::create_directories(path.parent_path().empty() ? "." : path.parent_path(), failed);
  if (!failed) made = fs::create_directory(path, failed);
  if (failed || !fs::is_directory(path))
    throw base::UserError(fmt::format("{}: this folder can't be made: {}; choose another with --project and --name",
                                      path.string(), failed ? failed.message() : "there is a file of that name"));
}

}  // namespace

RunFolder::RunFolder(const fs::path& project, const std::string& name, bool exist_ok) {
  bool made = false;
  for (int n = 1; !made; ++n) {
    path_ = project / (n == 1 ? name : name + std::to_string(n));
    make_folder(path_, made);  // of two runs that ask at once, one makes it and the other goes on to the next
    if (exist_ok) break;
  }
  const fs::path probe = path_ / ".writable";
  try {
    write_file(probe, std::string_view());
  } catch (const base::UserError&) {
    throw base::UserError(
        fmt::format("{}: this folder can't be written to; choose another with --project and --name", path_.string()));
  }
  std::error_code ignored;
  fs::remove(probe, ignored);
}

fs::path RunFolder::picture_path(const fs::path& source) {
  const std::string extension =
      can_write_extension(base::lower_extension(source)) ? source.extension().string() : ".png";
  stem_ = source.stem().string();
  std::error_code ignored;
  // Nor may a source that lies in this very folder be overwritten.
  for (int n = 2; !taken_.insert(stem_).second || fs::equivalent(path_ / (stem_ + extension), source, ignored); ++n)
    stem_ = fmt::format("{}-{}", source.stem().string(), n);
  return path_ / (stem_ + extension);
}

fs::path RunFolder::labels_path() {
  const fs::path folder = path_ / "labels";
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    throw base::UserError(fmt::format("{}: this folder can't be made: {}", folder.string(), failed.message()));
  return folder / (stem_ + ".txt");
}

}  // namespace inferqueue::pipeline
