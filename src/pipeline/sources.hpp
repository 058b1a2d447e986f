// From what people type after --source to a list of pictures.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace inferqueue::pipeline {

struct Sources {
  std::vector<std::filesystem::path> pictures;  ///< in the order of the sources, within a folder by name
  std::vector<std::string> notes;               ///< what was passed over, a line each
  std::vector<std::string> problems;            ///< sources that can't be used, a line each; the others still can
};

/// Each source is a picture, a folder (its pictures, not those of folders in it) or a glob (*, ?, [..]; ** isn't
/// special). Videos, cameras and streams are a problem, by name. Thread rules: a pure function but for the disk.
Sources expand_sources(std::span<const std::string> sources);

/// True for the extensions of pictures that can be read.
bool has_picture_extension(const std::filesystem::path& path);

}  // namespace inferqueue::pipeline
