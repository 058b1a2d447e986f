#include "pipeline/sources.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <glob.h>

#include "base/file_names.hpp"
#include "base/text.hpp"
#include "base/user_error.hpp"
#include "pipeline/source_names.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 14> picture_extensions{".jpg",  ".jpeg", ".jpe", ".png", ".bmp", ".dib", ".tif",
                                                              ".tiff", ".webp", ".pbm", ".pgm", ".ppm", ".pnm", ".jp2"};
constexpr std::string_view known_pictures = "jpg, png, bmp, tif, webp, ppm, jp2";

std::string known_names(Accept accept) {
  return std::string(known_pictures) + (accept == Accept::all ? "; mp4, avi, mkv, mov, webm" : "");
}

/// The number of the camera behind /dev/videoN; empty for other paths.
std::string camera_of(const std::string& source) {
  constexpr std::string_view device = "/dev/video";
  const std::string number = source.starts_with(device) ? source.substr(device.size()) : std::string();
  return is_camera(number) ? number : std::string();
}

void add_folder(const fs::path& folder, Accept accept, Sources& found) {
  std::vector<fs::path> pictures;
  std::vector<std::string> videos;
  std::vector<std::string> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    std::error_code ignored;  // a link to nowhere is told where it is read
    if (entry.is_directory(ignored)) continue;
    if (has_picture_extension(entry.path()))
      pictures.push_back(entry.path());
    else if (accept == Accept::all && has_video_extension(entry.path()))
      videos.push_back(entry.path().string());
    else if (!entry.path().filename().string().starts_with('.'))  // hidden: nobody expects them to be looked at
      others.push_back(entry.path().filename().string());
  }
  std::ranges::sort(pictures);
  std::ranges::sort(videos);
  std::ranges::sort(others);
  if (!others.empty())
    found.notes.push_back(fmt::format("{}: passed over {} that {} no picture: {}", folder.string(),
                                      others.size() == 1 ? "a file" : fmt::format("{} files", others.size()),
                                      others.size() == 1 ? "is" : "are", base::few_of(others)));
  if (pictures.empty() && videos.empty())
    found.problems.push_back(fmt::format("{}: there is no picture{} in this folder ({})", folder.string(),
                                         accept == Accept::all ? " or video" : "", known_names(accept)));
  found.pictures.insert(found.pictures.end(), pictures.begin(), pictures.end());
  found.videos.insert(found.videos.end(), videos.begin(), videos.end());
}

void add_file(const fs::path& path, Accept accept, Sources& found) {
  if (!has_video_extension(path))
    found.pictures.push_back(path);
  else if (accept == Accept::all)
    found.videos.push_back(path.string());
  else
    found.problems.push_back(fmt::format("{}: is a video; give pictures ({})", path.string(), known_pictures));
}

/// Returns false if the text is no glob or matches nothing. Folders are no pictures: a glob does not look into them.
bool add_glob(const std::string& pattern, Accept accept, Sources& found) {
  if (pattern.find_first_of("*?[") == std::string::npos) return false;
  ::glob_t matches{};
  const int status = ::glob(pattern.c_str(), 0, nullptr, &matches);
  bool files = false;
  for (std::size_t i = 0; status == 0 && i < matches.gl_pathc; ++i) {
    const fs::path path = matches.gl_pathv[i];
    std::error_code ignored;  // a link in a circle is told where it is read
    if (fs::is_directory(path, ignored)) continue;
    add_file(path, accept, found);
    files = true;
  }
  ::globfree(&matches);
  if (status == 0 && !files)
    found.problems.push_back(fmt::format("{}: matches no picture, only folders; '{}' matches what is in them", pattern,
                                         (fs::path(pattern) / "*").string()));
  return status == 0;
}

void add_live(const std::string& source, Accept accept, Sources& found) {
  if (accept != Accept::all)
    found.problems.push_back(
        fmt::format("{}: is a camera or an address; give pictures ({})", shown_name(source), known_pictures));
  else if (is_address_of_a_file(source))
    found.videos.push_back(source);
  else
    found.live.push_back(source);
}

void add(const std::string& source, Accept accept, Sources& found) {
  std::error_code failed;
  if (source.empty()) {
    found.problems.push_back(fmt::format("a source is empty; give pictures, {}folders or globs",
                                         accept == Accept::all ? "videos, cameras, addresses, " : ""));
  } else if (fs::is_directory(source, failed)) {
    add_folder(source, accept, found);
  } else if (const std::string camera = camera_of(source); !camera.empty()) {
    add_live(camera, accept, found);
  } else if (fs::exists(source, failed)) {
    add_file(source, accept, found);
  } else if (is_address(source) || is_camera(source)) {
    add_live(source, accept, found);
  } else if (!add_glob(source, accept, found)) {
    found.problems.push_back(fmt::format("{}: no such file, folder or match", source));
  }
}

}  // namespace

bool has_picture_extension(const fs::path& path) {
  return std::ranges::find(picture_extensions, base::lower_extension(path)) != picture_extensions.end();
}

Sources expand_sources(std::span<const std::string> sources, Accept accept) {
  Sources found;
  for (const std::string& source : sources) {
    try {
      add(source, accept, found);
    } catch (const fs::filesystem_error& error) {
      found.problems.push_back(fmt::format("{}: can't be read: {}", source, error.code().message()));
    }
  }
  return found;
}

}  // namespace inferqueue::pipeline
