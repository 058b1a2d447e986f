#include "pipeline/video_writer.hpp"

#include <atomic>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <opencv2/imgproc.hpp>
#include <unistd.h>

#include "base/user_error.hpp"

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

/// How many frames a finished video says it has.
std::size_t frames_of(const fs::path& path) {
  const cv::VideoCapture capture(path.string(), cv::CAP_FFMPEG);
  const double frames = capture.isOpened() ? capture.get(cv::CAP_PROP_FRAME_COUNT) : 0;
  return frames > 0 ? static_cast<std::size_t>(frames) : 0;
}

}  // namespace

VideoWriter::VideoWriter(const fs::path& path, cv::Size size, double fps)
    : path_(path), beside_(make_hidden(path)), size_(size) {
  // The codec has no odd sizes: OpenCV leaves the last column or row out, and so something must be left.
  const bool writable = size.width > 1 && size.height > 1;
  if (writable) writer_.open(beside_.string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('m', 'p', '4', 'v'), fps, size);
  if (writer_.isOpened()) return;
  std::error_code ignored;
  fs::remove(beside_, ignored);
  throw base::UserError(
      fmt::format("{}: can't be written as a video of {}x{} with {:g} frames/s; --nosave leaves it out", path.string(),
                  size.width, size.height, fps));
}

VideoWriter::~VideoWriter() {
  writer_.release();
  std::error_code ignored;
  if (!beside_.empty()) fs::remove(beside_, ignored);
}

void VideoWriter::write(const cv::Mat& bgr8) {
  if (bgr8.size() == size_) {
    writer_.write(bgr8);
  } else {
    cv::resize(bgr8, resized_, size_);
    writer_.write(resized_);
  }
  ++frames_;
}

void VideoWriter::commit() {
  writer_.release();
  // OpenCV doesn't tell of errors of writing.
  const std::size_t written = frames_of(beside_);
  if (written != frames_)
    throw base::UserError(fmt::format("{}: can't be written whole ({} of {} frames): the disk may be full",
                                      path_.string(), written, frames_));
  std::error_code failed;
  fs::rename(beside_, path_, failed);
  if (failed) throw base::UserError(fmt::format("{}: can't be written: {}", path_.string(), failed.message()));
  beside_.clear();
}

}  // namespace inferqueue::pipeline
