#include "pipeline/files.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "base/user_error.hpp"
#include "pipeline/new_file.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

std::string reason() {
  return errno != 0 ? std::generic_category().message(errno) : "the disk refused it";
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
  NewFile file(path);
  file.write(bytes);
  file.commit();
}

void write_file(const fs::path& path, std::string_view text) {
  write_file(path, std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
}

}  // namespace inferqueue::pipeline
