#include "pipeline/files.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "base/user_error.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

std::string reason() {
  return errno != 0 ? std::generic_category().message(errno) : "the disk refused it";
}

base::UserError unwritable(const fs::path& path, const std::string& why) {
  return base::UserError(fmt::format("{}: can't be written: {}", path.string(), why));
}

/// Returns false, with errno set where it is known, if not all was written.
bool write_all(const fs::path& path, std::span<const unsigned char> bytes) {
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  return !file.fail();
}

}  // namespace

void read_file(const fs::path& path, std::vector<unsigned char>& bytes) {
  errno = 0;
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::is_directory(status)) throw base::UserError(fmt::format("{}: is a folder", path.string()));
  // Opening a pipe would wait for somebody to write into it.
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw base::UserError(fmt::format("{}: is a pipe or a device, no file", path.string()));
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw base::UserError(fmt::format("{}: can't be read: {}", path.string(), reason()));
  const std::streamoff size = file.tellg();
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())))
    throw base::UserError(fmt::format("{}: can't be read: {}", path.string(), reason()));
}

void write_file(const fs::path& path, std::span<const unsigned char> bytes) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  // A device or a pipe is written into: a file renamed over it would take its place.
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
    if (!write_all(path, bytes)) throw unwritable(path, reason());
    return;
  }
  // A link stays one: the file that it leads to is replaced.
  const fs::path target = fs::exists(status) ? fs::canonical(path, failed) : path;
  fs::path beside = target;
  beside += fmt::format(".{}.part", ::getpid());
  if (!write_all(beside, bytes)) {
    const std::string why = reason();
    fs::remove(beside, failed);
    throw unwritable(path, why);
  }
  fs::rename(beside, target, failed);
  if (failed) {
    const std::string why = failed.message();
    fs::remove(beside, failed);
    throw unwritable(path, why);
  }
}

void write_file(const fs::path& path, std::string_view text) {
  write_file(path, std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
}

}  // namespace inferqueue::pipeline
