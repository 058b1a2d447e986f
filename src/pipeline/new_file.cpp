#include "pipeline/new_file.hpp"

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/user_error.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

NewFile::NewFile(const fs::path& path) : path_(path), target_(path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (status.type() == fs::file_type::none) fail(failed.value());  // a name that is too long, for one
  if (fs::is_directory(status)) fail(EISDIR);
  // A file renamed over a device or a pipe would take its place.
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ < 0) fail(errno);
    return;
  }
  if (fs::exists(status)) target_ = fs::canonical(path, failed);
  make_beside(target_.parent_path());
  if (fs::exists(status)) ::fchmod(file_, static_cast<mode_t>(status.permissions()));
}

NewFile::~NewFile() {
  if (file_ >= 0) ::close(file_);
  std::error_code ignored;
  if (!beside_.empty()) fs::remove(beside_, ignored);
}

void NewFile::make_beside(const fs::path& folder) {
  static std::atomic<unsigned> count{0};
  // A name may be taken: by a run that was killed, or by one of the same id on another machine or in a container.
  for (int tries = 0; file_ < 0; ++tries) {
    fs::path beside = folder / fmt::format(".inferqueue-{}-{}.part", ::getpid(), count++);
    file_ = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ >= 0)
      beside_ = std::move(beside);
    else if (errno != EEXIST || tries == 100'000)
      fail(errno);
  }
}

void NewFile::write(std::span<const unsigned char> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written >= 0)
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      fail(errno);
  }
}

void NewFile::write(std::string_view text) {
  write(std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
}

void NewFile::commit() {
  // Some file systems say only here that there is no room.
  if (::close(std::exchange(file_, -1)) != 0 && errno != EINTR) fail(errno);
  if (beside_.empty()) return;
  std::error_code failed;
  fs::rename(beside_, target_, failed);
  if (failed) fail(failed.value());
  beside_.clear();
}

void NewFile::fail(int error) const {
  throw base::UserError(
      fmt::format("{}: can't be written: {}", path_.string(), std::generic_category().message(error)));
}

}  // namespace inferqueue::pipeline
