// What file names tell.
#pragma once

#include <filesystem>
#include <string>

#include "base/text.hpp"

namespace inferqueue::base {

/// The file name's extension in lower case, with its dot.
inline std::string lower_extension(const std::filesystem::path& path) {
  return lower_case(path.extension().string());
}

}  // namespace inferqueue::base
