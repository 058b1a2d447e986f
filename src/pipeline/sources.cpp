#include "pipeline/sources.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include <fmt/format.h>
#include <glob.h>

#include "base/file_names.hpp"
#include "base/text.hpp"
#include "base/user_error.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 14> picture_extensions{".jpg",  ".jpeg", ".jpe", ".png", ".bmp", ".dib", ".tif",
                                                              ".tiff", ".webp", ".pbm", ".pgm", ".ppm", ".pnm", ".jp2"};
constexpr std::array<std::string_view, 13> video_extensions{".mp4", ".avi",  ".mov", ".mkv", ".m4v", ".mpg", ".mpeg",
                                                            ".wmv", ".webm", ".gif", ".ts",  ".flv", ".asf"};
constexpr std::string_view known_pictures = "jpg, png, bmp, tif, webp, ppm, jp2";

bool is_video(const std::string& source) {
  return std::ranges::find(video_extensions, base::lower_extension(source)) != video_extensions.end();
}

bool is_camera_or_stream(const std::string& source) {
  return source.find("://") != std::string::npos ||
         (!source.empty() && std::ranges::all_of(source, [](unsigned char c) { return std::isdigit(c) != 0; }));
}

void add_folder(const fs::path& folder, Sources& found) {
  std::vector<fs::path> pictures;
  std::vector<std::string> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    std::error_code ignored;  // a link to nowhere is told where it is read
    if (entry.is_directory(ignored)) continue;
    if (has_picture_extension(entry.path()))
      pictures.push_back(entry.path());
    else if (!entry.path().filename().string().starts_with('.'))  // hidden: nobody expects them to be looked at
      others.push_back(entry.path().filename().string());
  }
  std::ranges::sort(pictures);
  std::ranges::sort(others);
  if (!others.empty())
    found.notes.push_back(fmt::format("{}: passed over {} that {} no picture: {}", folder.string(),
                                      others.size() == 1 ? "a file" : fmt::format("{} files", others.size()),
                                      others.size() == 1 ? "is" : "are", base::few_of(others)));
  if (pictures.empty())
    found.problems.push_back(
        fmt::format("{}: there is no picture in this folder ({})", folder.string(), known_pictures));
  found.pictures.insert(found.pictures.end(), pictures.begin(), pictures.end());
}

/// Returns false if the text is no glob or matches nothing. Folders are no pictures: a glob does not look into them.
bool add_glob(const std::string& pattern, Sources& found) {
  if (pattern.find_first_of("*?[") == std::string::npos) return false;
  ::glob_t matches{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &matches);
  const std::size_t before = found.pictures.size();
  for (std::size_t i = 0; status == 0 && i < matches.gl_pathc; ++i) {
    const fs::path path = matches.gl_pathv[i];
    std::error_code ignored;  // a link in a circle is told where it is read
    if (!fs::is_directory(path, ignored)) found.pictures.push_back(path);
  }
  ::globfree(&matches);
  if (status == 0 && found.pictures.size() == before)
    found.problems.push_back(fmt::format("{}: matches no picture, only folders; '{}' matches what is in them", pattern,
                                         (fs::path(pattern) / "*").string()));
  return status == 0;
}

void add(const std::string& source, Sources& found) {
  std::error_code failed;
  if (source.empty()) {
    found.problems.emplace_back("a source is empty; give pictures, folders or globs");
  } else if (fs::is_directory(source, failed)) {
    add_folder(source, found);
  } else if (is_video(source)) {
    found.problems.push_back(
        fmt::format("{}: videos are not supported yet; give pictures ({})", source, known_pictures));
  } else if (fs::exists(source, failed)) {
    found.pictures.emplace_back(source);
  } else if (is_camera_or_stream(source)) {
    found.problems.push_back(fmt::format("{}: cameras and streams are not supported yet; give pictures", source));
  } else if (!add_glob(source, found)) {
    found.problems.push_back(fmt::format("{}: no such file, folder or match", source));
  }
}

}  // namespace

bool has_picture_extension(const fs::path& path) {
  return std::ranges::find(picture_extensions, base::lower_extension(path)) != picture_extensions.end();
}

Sources expand_sources(std::span<const std::string> sources) {
  Sources found;
  for (const std::string& source : sources) {
    try {
      add(source, found);
    } catch (const fs::filesystem_error& error) {
      found.problems.push_back(fmt::format("{}: can't be read: {}", source, error.code().message()));
    }
  }
  return found;
}

}  // namespace inferqueue::pipeline
