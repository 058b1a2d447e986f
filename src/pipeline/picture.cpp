#include "pipeline/picture.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>

#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "pipeline/cut_short.hpp"
#include "pipeline/decoder_messages.hpp"
#include "pipeline/files.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

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
