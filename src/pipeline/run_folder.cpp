#include "pipeline/run_folder.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "pipeline/files.hpp"
#include "pipeline/new_file.hpp"
#include "pipeline/picture.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view labels_extension = ".txt";

/// At most so many bytes of it, and no part of a UTF-8 character.
std::string shortened(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80) --most;
  return text.substr(0, most);
}

/// What is before the last "_" and digits; nothing if it doesn't end so.
std::string before_number(const std::string& stem) {
  const std::size_t digits = stem.find_last_not_of("0123456789") + 1;  // 0 where there are no others
  if (digits == 0 || digits == stem.size() || stem[digits - 1] != '_') return {};
  return stem.substr(0, digits - 1);
}

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
  try {
    const NewFile probe(path_ / "probe");  // never committed
  } catch (const base::UserError&) {
    throw base::UserError(
        fmt::format("{}: this folder can't be written to; choose another with --project and --name", path_.string()));
  }
  const long longest = ::pathconf(path_.c_str(), _PC_NAME_MAX);
  if (longest > 0) longest_name_ = static_cast<std::size_t>(longest);
}

bool RunFolder::take(const std::string& stem, const std::string& extension, const fs::path& source) {
  stem_ = stem;
  if (videos_.contains(before_number(stem))) return false;  // a frame's labels have that name
  std::error_code ignored;
  // Nor may a source that lies in this very folder be overwritten.
  return taken_.insert(stem).second && !fs::equivalent(path_ / (stem + extension), source, ignored);
}

fs::path RunFolder::make_path(const std::string& stem, const std::string& extension, const fs::path& source,
                              std::size_t room) {
  if (!take(shortened(stem, room), extension, source)) {
    std::string suffix;
    std::size_t& number = numbers_.try_emplace(stem, 1).first->second;
    do suffix = fmt::format("-{}", ++number);
    while (!take(shortened(stem, room - suffix.size()) + suffix, extension, source));
  }
  return path_ / (stem_ + extension);
}

fs::path RunFolder::picture_path(const fs::path& source) {
  const std::string extension =
      can_write_extension(base::lower_extension(source)) ? source.extension().string() : ".png";
  return make_path(source.stem().string(), extension, source,
                   longest_name_ - std::max(extension.size(), labels_extension.size()));
}

fs::path RunFolder::video_path(const std::string& stem, const fs::path& source) {
  constexpr std::size_t number = 21;  // what is put behind it for a frame: "_" and digits
  fs::path path = make_path(stem, ".mp4", source, longest_name_ - labels_extension.size() - number);
  videos_.insert(stem_);
  return path;
}

fs::path RunFolder::labels_folder() const {
  fs::path folder = path_ / "labels";
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    throw base::UserError(fmt::format("{}: this folder can't be made: {}", folder.string(), failed.message()));
  return folder;
}

fs::path RunFolder::labels_path() {
  return labels_folder() / (stem_ + std::string(labels_extension));
}

fs::path RunFolder::frame_labels_path(const fs::path& video, std::size_t frame) {
  return labels_folder() / fmt::format("{}_{}{}", video.stem().string(), frame, labels_extension);
}

}  // namespace inferqueue::pipeline
