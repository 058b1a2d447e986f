// What file names tell.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>

namespace inferqueue::base {

/// The file name's extension in lower case, with its dot.
inline std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

}  // namespace inferqueue::base
