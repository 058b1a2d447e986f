#include "pipeline/video_writer.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <opencv2/imgproc.hpp>
#include <unistd.h>

#include "base/user_error.hpp"
#include "pipeline/decoder_messages.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

/// An empty file in this folder that nobody else has.
fs::path make_hidden(const fs::path& target) {
  static std::atomic<unsigned> count{0};
  const fs::path folder = fs::absolute(target).parent_path();  // FFmpeg would take "a:b/c.mp4" for an address
  for (int tries = 0;; ++tries) {
    fs::path path = folder / fmt::format(".inferqueue-{}-{}.part.mp4", ::getpid(), count++);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    const int error = errno;
    if (file >= 0) ::close(file);
    if (file >= 0) return path;
    if (error != EEXIST || tries == 100'000)
      throw base::UserError(
          fmt::format("{}: can't be written: {}", target.string(), std::generic_category().message(error)));
  }
}

/// True if the boxes of an .mp4 (ISO/IEC 14496-12, 4.2) end where the file does, and its index is among them. OpenCV
/// could tell too, but opens nothing while it waits for a stream to open.
bool is_whole(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code failed;
  const std::uint64_t end = fs::file_size(path, failed);
  bool has_index = false;
  std::uint64_t at = 0;
  while (file && !failed && at < end) {
    std::array<unsigned char, 16> head{};
    file.seekg(static_cast<std::streamoff>(at));
    file.read(reinterpret_cast<char*>(head.data()), at + head.size() <= end ? std::ssize(head) : 8);
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8U | head[i];
    if (size == 1) {  // it is too large for that: in the eight bytes behind the name
      size = 0;
      for (std::size_t i = 8; i < 16; ++i) size = size << 8U | head[i];
    }
    has_index |= std::equal(head.begin() + 4, head.begin() + 8, "moov");
    if (size < 8 || size > end - at) return false;
    at += size;
  }
  return has_index && at == end;
}

}  // namespace

VideoWriter::VideoWriter(const fs::path& path, cv::Size size, double fps)
    : path_(path), beside_(make_hidden(path)), size_(size) {
  const DecoderMessages messages;  // what is wrong is said here
  // The codec has no odd sizes: OpenCV leaves the last column or row out, and so something must be left.
  const bool writable = size.width > 1 && size.height > 1;
  if (writable) writer_ = media::codecs().create_video(beside_, size, fps);
  if (writer_) return;
  std::error_code ignored;
  fs::remove(beside_, ignored);
  throw base::UserError(
      fmt::format("{}: can't be written as a video of {}x{} with {:g} frames/s; --nosave leaves it out", path.string(),
                  size.width, size.height, fps));
}

VideoWriter::~VideoWriter() {
  writer_.reset();
  std::error_code ignored;
  if (!beside_.empty()) fs::remove(beside_, ignored);
}

void VideoWriter::write(const cv::Mat& bgr8) {
  const DecoderMessages messages;
  if (bgr8.size() == size_) {
    writer_->write(bgr8);
  } else {
    cv::resize(bgr8, resized_, size_);
    writer_->write(resized_);
  }
  ++frames_;
}

void VideoWriter::commit() {
  {
    const DecoderMessages messages;
    writer_.reset();
  }
  // OpenCV doesn't tell of errors of writing.
  if (!is_whole(beside_))
    throw base::UserError(fmt::format("{}: can't be written whole: the disk may be full", path_.string()));
  std::error_code failed;
  fs::rename(beside_, path_, failed);
  if (failed) throw base::UserError(fmt::format("{}: can't be written: {}", path_.string(), failed.message()));
  beside_.clear();
}

}  // namespace inferqueue::pipeline
