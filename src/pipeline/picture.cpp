#include "pipeline/picture.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <opencv2/core.hpp>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "media/codecs.hpp"
#include "pipeline/cut_short.hpp"
#include "pipeline/decoder_messages.hpp"
#include "pipeline/files.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

/// By OpenCV, whatever it is. `damage` is what its decoders have said.
cv::Mat decode_otherwise(const fs::path& path, std::span<const unsigned char> bytes, std::string& damage) {
  const DecoderMessages messages;
  cv::Mat picture;
  try {
    picture = media::codecs().decode_picture(bytes);
  } catch (const cv::Exception& error) {
    throw base::UserError(fmt::format("{}: can't be decoded: {}", path.string(), error.err));
  }
  damage = messages.damage();
  if (picture.empty())
    throw base::UserError(fmt::format("{}: is no picture that can be decoded, or is damaged{}", path.string(),
                                      damage.empty() ? damage : fmt::format(" ({})", damage)));
  return picture;
}

}  // namespace

cv::Mat PictureReader::read(const fs::path& path, cv::Mat memory) {
  warning_.clear();
  read_file(path, bytes_);
  if (bytes_.empty()) throw base::UserError(fmt::format("{}: is empty", path.string()));
  if (is_cut_short(bytes_)) throw base::UserError(fmt::format("{}: is cut short; copy it again", path.string()));
  std::string damage;
  cv::Mat picture = std::move(memory);
  if (is_jpeg(bytes_) && jpeg_.decode(bytes_, picture, network_)) {
    damage = jpeg_.damage();
    size_ = jpeg_.size();
  } else {
    picture = decode_otherwise(path, bytes_, damage);
    size_ = {picture.cols, picture.rows};
  }
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
    done = media::codecs().encode_picture(base::lower_extension(path), bgr8, encoded);
  } catch (const cv::Exception& error) {
    throw base::UserError(fmt::format("{}: can't be encoded: {}", path.string(), error.err));
  }
  if (!done) throw base::UserError(fmt::format("{}: can't be encoded", path.string()));
  write_file(path, encoded);
}

}  // namespace inferqueue::pipeline
