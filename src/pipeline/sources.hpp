// From what people type after --source to a list of pictures, videos and live sources.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace inferqueue::pipeline {

struct Sources {
  std::vector<std::filesystem::path> pictures;  ///< in the order of the sources, within a folder by name
  std::vector<std::string> videos;              ///< paths, and addresses of files; in the same order
  std::vector<std::string> live;                ///< numbers of cameras and addresses of streams
  std::vector<std::string> notes;               ///< what was passed over, a line each
  std::vector<std::string> problems;            ///< sources that can't be used, a line each; the others still can

  bool empty() const { return pictures.empty() && videos.empty() && live.empty(); }
};

enum class Accept {
  pictures,  ///< videos and live sources are problems, by name
  all,
};

/// Each source is a file, a folder (its pictures and videos, not those of folders in it), a glob (*, ?, [..]; ** isn't
/// special), the number of a camera or the address of a stream. A file is a video if its name ends as one. Thread
/// rules: a pure function but for the disk.
Sources expand_sources(std::span<const std::string> sources, Accept accept = Accept::pictures);

/// True for the extensions of pictures that can be read.
bool has_picture_extension(const std::filesystem::path& path);

}  // namespace inferqueue::pipeline
