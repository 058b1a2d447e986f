#include "pipeline/picture.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "pipeline/decoder_messages.hpp"
#include "pipeline/files.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

using Bytes = std::span<const unsigned char>;

bool begins_with(Bytes bytes, std::initializer_list<unsigned char> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

bool ends_with(Bytes bytes, std::initializer_list<unsigned char> tail) {
  return bytes.size() >= tail.size() && std::equal(tail.begin(), tail.end(), bytes.end() - std::ssize(tail));
}

bool contains(Bytes bytes, std::initializer_list<unsigned char> wanted) {
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) != bytes.end();
}

/// True for a JPEG without its EOI marker (ISO/IEC 10918-1 B.1.1). Segments are passed over by their length, because a
/// thumbnail in one has an EOI of its own; what lies behind the EOI (phones put a film there) isn't looked at.
bool jpeg_is_cut_short(Bytes bytes) {
  if (ends_with(bytes, {0xFF, 0xD9})) return false;
  for (std::size_t i = 2; i + 1 < bytes.size();) {
    const unsigned char code = bytes[i + 1];
    const bool alone = code == 0x00 || code == 0x01 || (code >= 0xD0 && code <= 0xD8);  // no segment follows
    if (bytes[i] != 0xFF || code == 0xFF) {
      ++i;
    } else if (code == 0xD9) {
      return false;
    } else if (alone) {
      i += 2;
    } else {
      if (i + 3 >= bytes.size()) return true;
      i += 2U + (static_cast<std::size_t>(bytes[i + 2]) << 8U) + bytes[i + 3];
    }
  }
  return true;
}

/// True for a JPEG or PNG without its end. Decoders make grey of what is missing and say nothing, so it is looked for.
bool is_cut_short(Bytes bytes) {
  if (begins_with(bytes, {0xFF, 0xD8, 0xFF})) return jpeg_is_cut_short(bytes);
  if (begins_with(bytes, {0x89, 'P', 'N', 'G'})) return !contains(bytes, {'I', 'E', 'N', 'D'});
  return false;
}

}  // namespace

cv::Mat PictureReader::read(const fs::path& path) {
  warning_.clear();
  read_file(path, bytes_);
  if (bytes_.empty()) throw base::UserError(fmt::format("{}: is empty", path.string()));
  if (is_cut_short(bytes_)) throw base::UserError(fmt::format("{}: is cut short; copy it again", path.string()));
  const DecoderMessages messages;
  cv::Mat picture;
  try {
    picture = cv::imdecode(bytes_, cv::IMREAD_COLOR);
  } catch (const cv::Exception& error) {
    throw base::UserError(fmt::format("{}: can't be decoded: {}", path.string(), error.err));
  }
  const std::string damage = messages.damage();
  if (picture.empty())
    throw base::UserError(fmt::format("{}: is no picture that can be decoded, or is damaged{}", path.string(),
                                      damage.empty() ? damage : fmt::format(" ({})", damage)));
  if (!damage.empty())
    warning_ = fmt::format("{}: is damaged ({}); what could be decoded is used", path.string(), damage);
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
    done = cv::imencode(base::lower_extension(path), bgr8, encoded);
  } catch (const cv::Exception& error) {
    throw base::UserError(fmt::format("{}: can't be encoded: {}", path.string(), error.err));
  }
  if (!done) throw base::UserError(fmt::format("{}: can't be encoded", path.string()));
  write_file(path, encoded);
}

}  // namespace inferqueue::pipeline
