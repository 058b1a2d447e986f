#include "pipeline/source_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/file_names.hpp"
#include "base/text.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 15> video_extensions{".mp4", ".avi",  ".mov", ".mkv",  ".m4v",
                                                            ".mpg", ".mpeg", ".wmv", ".webm", ".gif",
                                                            ".ts",  ".flv",  ".asf", ".mjpg", ".mjpeg"};
/// Those that cameras don't stream: an address that ends with one is that of a file.
constexpr std::array<std::string_view, 8> files_only{".mp4", ".avi", ".mov", ".mkv", ".m4v", ".wmv", ".webm", ".gif"};

bool is_digit(unsigned char c) {
  return std::isdigit(c) != 0;
}

/// The address from behind its scheme on, and without the name and password.
std::string_view without_secrets(std::string_view address) {
  address.remove_prefix(address.find("://") + 3);
  const std::string_view authority = address.substr(0, address.find_first_of("/?#"));
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) address.remove_prefix(at + 1);
  return address;
}

}  // namespace

bool has_video_extension(const fs::path& path) {
  return std::ranges::find(video_extensions, base::lower_extension(path)) != video_extensions.end();
}

bool is_camera(const std::string& source) {
  return !source.empty() && source.size() <= 4 && std::ranges::all_of(source, is_digit);
}

bool is_address(const std::string& source) {
  const std::size_t colon = source.find("://");
  return colon != std::string::npos && colon > 0 &&
         std::ranges::all_of(source.substr(0, colon), [](unsigned char c) { return std::isalnum(c) != 0 || c == '+'; });
}

bool is_address_of_a_file(const std::string& source) {
  if (!is_address(source)) return false;
  const std::string scheme = base::lower_case(source.substr(0, source.find("://")));
  if (scheme != "http" && scheme != "https" && scheme != "ftp") return false;
  const std::string path = source.substr(0, source.find_first_of("?#"));
  return std::ranges::find(files_only, base::lower_extension(path)) != files_only.end();
}

std::string shown_name(const std::string& source) {
  if (is_camera(source)) return "camera " + source;
  if (!is_address(source)) return source;
  return source.substr(0, source.find("://") + 3) + std::string(without_secrets(source));
}

std::string file_stem(const std::string& source) {
  if (is_camera(source)) return "camera-" + source;
  if (!is_address(source)) return fs::path(source).stem().string();
  std::string stem;
  std::string_view rest = without_secrets(source);
  rest = rest.substr(0, rest.find_first_of("?#"));  // what follows may be a password too
  for (const char c : rest) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || (c == '.' && !stem.empty());
    if (plain || (!stem.empty() && stem.back() != '_')) stem += plain ? c : '_';
  }
  while (!stem.empty() && (stem.back() == '_' || stem.back() == '.')) stem.pop_back();
  return stem.empty() ? "stream" : stem;
}

}  // namespace inferqueue::pipeline
