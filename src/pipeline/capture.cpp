#include "pipeline/capture.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/user_error.hpp"
#include "pipeline/decoder_messages.hpp"
#include "pipeline/source_names.hpp"
#include "vision/letterbox.hpp"

namespace inferqueue::pipeline {
namespace fs = std::filesystem;

namespace {

constexpr double usual_fps = 25;
/// So many frames in a row that can't be decoded are the end of a video.
constexpr std::size_t most_damaged = 500;

/// Throws unless it is a file that can be read: FFmpeg says of none of these what is wrong.
void check_file(const std::string& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw base::UserError(fmt::format("{}: is a folder, a pipe or a device, no video", path));
  if (::access(path.c_str(), R_OK) != 0)
    throw base::UserError(fmt::format("{}: can't be read: {}", path, std::generic_category().message(errno)));
  if (fs::file_size(path, failed) == 0 && !failed) throw base::UserError(fmt::format("{}: is empty", path));
}

}  // namespace

Capture::Capture(const std::string& source, std::chrono::milliseconds timeout) {
  const DecoderMessages messages;
  const bool address = is_address(source);
  if (is_camera(source)) {
    video_ = media::codecs().open_camera(std::atoi(source.c_str()));
  } else {
    is_file_ = !address;
    if (is_file_) check_file(source);
    // A path from the root: FFmpeg would take "a:b.mp4" for an address.
    video_ = media::codecs().open_video(address ? source : fs::absolute(source).string(), timeout);
    if (is_file_ && !video_)
      throw base::UserError(fmt::format("{}: is no video that can be opened, or is damaged or cut short{}", source,
                                        messages.damage().empty() ? "" : fmt::format(" ({})", messages.damage())));
  }
  if (!video_) return;
  const double fps = video_->fps();
  const double frames = video_->frames();
  if (fps > 0 && fps <= 1000) fps_ = fps;
  if (frames > 0 && frames < 1e9) frames_ = static_cast<std::size_t>(frames);
}

bool Capture::grab() {
  const DecoderMessages messages;
  // OpenCV says false of a frame that can't be decoded as it does at the end, and goes on if it is asked again.
  const std::size_t most = is_file_ ? most_damaged : 0;
  std::size_t damaged = 0;
  for (; !video_->grab(); ++damaged)
    if (damaged == most) return false;
  if (damage_.empty()) damage_ = messages.damage();
  number_ += damaged;
  ++decoded_;
  // FFmpeg gives the last frames of some videos no time.
  const auto said = std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(video_->position_ms() * 1e6));
  const auto step =
      std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(1e9 / (fps_ > 0 ? fps_ : usual_fps)));
  if (number_++ > 0) time_ = said > time_ ? said : time_ + step;
  return true;
}

bool Capture::retrieve(cv::Mat& picture) {
  if (!video_->retrieve(picture) || picture.empty()) return false;
  if (picture.type() != CV_8UC3) picture = vision::to_bgr8(picture);
  return true;
}

}  // namespace inferqueue::pipeline
