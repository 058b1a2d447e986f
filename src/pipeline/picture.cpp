#include "pipeline/picture.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>

#include "base/user_error.hpp"
#include "pipeline/files.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

using Bytes = std::span<const unsigned char>;

bool begins_with(Bytes bytes, std::initializer_list<unsigned char> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

std::optional<std::size_t> find_last(Bytes bytes, std::initializer_list<unsigned char> wanted) {
  const auto found = std::find_end(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
  if (found == bytes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - bytes.begin());
}

/// True for a JPEG or PNG without its end. Decoders make grey of what is missing and say nothing, so it is looked for:
/// a JPEG ends with an EOI marker after its last scan (a thumbnail has an EOI of its own, but before that; ISO/IEC
/// 10918-1 B.1.1.3), a PNG with an IEND chunk.
bool is_cut_short(Bytes bytes) {
  if (begins_with(bytes, {0xFF, 0xD8, 0xFF})) {
    const auto scan = find_last(bytes, {0xFF, 0xDA});
    const auto end = find_last(bytes, {0xFF, 0xD9});
    return !scan || !end || *end < *scan;
  }
  if (begins_with(bytes, {0x89, 'P', 'N', 'G'})) return !find_last(bytes, {'I', 'E', 'N', 'D'});
  return false;
}

}  // namespace

cv::Mat PictureReader::read(const fs::path& path) {
  read_file(path, bytes_);
  if (bytes_.empty()) throw base::UserError(fmt::format("{}: is empty", path.string()));
  if (is_cut_short(bytes_)) throw base::UserError(fmt::format("{}: is cut short; copy it again", path.string()));
  cv::Mat picture;
  try {
    picture = cv::imdecode(bytes_, cv::IMREAD_COLOR);
  } catch (const cv::Exception& error) {
    throw base::UserError(fmt::format("{}: can't be decoded: {}", path.string(), error.err));
  }
  if (picture.empty())
    throw base::UserError(fmt::format("{}: is no picture that can be decoded, or is damaged", path.string()));
  return picture;
}

bool can_write_extension(const std::string& extension) {
  static constexpr std::array<std::string_view, 10> writable{".jpg", ".jpeg", ".jpe",  ".png",  ".bmp",
                                                             ".dib", ".tif",  ".tiff", ".webp", ".ppm"};
  return std::ranges::find(writable, extension) != writable.end();
}

void write_picture(const fs::path& path, const cv::Mat& bgr8) {
  std::vector<unsigned char> encoded;
  bool done = false;
  try {
    done = cv::imencode(lower_extension(path), bgr8, encoded);
  } catch (const cv::Exception& error) {
    throw base::UserError(fmt::format("{}: can't be encoded: {}", path.string(), error.err));
  }
  if (!done) throw base::UserError(fmt::format("{}: can't be encoded", path.string()));
  write_file(path, encoded);
}

}  // namespace inferqueue::pipeline
