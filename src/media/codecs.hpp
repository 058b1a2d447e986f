// OpenCV's modules for files, which are loaded when somebody needs them: they bring two hundred libraries along.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

namespace inferqueue::media {

/// A video, camera or stream that has been opened. Thread rules: one thread. Any call may block.
class VideoInput {
 public:
  VideoInput() = default;
  virtual ~VideoInput() = default;
  VideoInput(const VideoInput&) = delete;
  VideoInput& operator=(const VideoInput&) = delete;
  VideoInput(VideoInput&&) = delete;
  VideoInput& operator=(VideoInput&&) = delete;

  virtual double fps() const = 0;               ///< as it says; 0 or nonsense where it doesn't
  virtual double frames() const = 0;            ///< likewise
  virtual double position_ms() const = 0;       ///< of the frame that was grabbed last, into the video
  virtual bool grab() = 0;                      ///< false where no frame can be had, now or ever
  virtual bool retrieve(cv::Mat& picture) = 0;  ///< in the memory of `picture` where it fits
};

/// A video that is being written. Destroying it ends the file. Thread rules: one thread.
class VideoOutput {
 public:
  VideoOutput() = default;
  virtual ~VideoOutput() = default;
  VideoOutput(const VideoOutput&) = delete;
  VideoOutput& operator=(const VideoOutput&) = delete;
  VideoOutput(VideoOutput&&) = delete;
  VideoOutput& operator=(VideoOutput&&) = delete;

  /// 8-bit BGR of the size that it was opened with. Tells nothing of errors.
  virtual void write(const cv::Mat& bgr8) = 0;
};

/// What OpenCV does with files. Thread rules: any thread; what a call returns belongs to the caller.
class Codecs {
 public:
  Codecs() = default;
  virtual ~Codecs() = default;
  Codecs(const Codecs&) = delete;
  Codecs& operator=(const Codecs&) = delete;
  Codecs(Codecs&&) = delete;
  Codecs& operator=(Codecs&&) = delete;

  /// 8-bit BGR, turned as its EXIF says; empty for what can't be decoded. Throws cv::Exception.
  virtual cv::Mat decode_picture(std::span<const unsigned char> bytes) const = 0;
  /// `extension` with its dot. Returns false, or throws cv::Exception, for what can't be encoded.
  virtual bool encode_picture(const std::string& extension, const cv::Mat& bgr8,
                              std::vector<unsigned char>& bytes) const = 0;
  /// Null where it can't be opened.
  virtual std::unique_ptr<VideoInput> open_camera(int number) const = 0;
  /// A path from the root, or an address, by FFmpeg, which waits at most that long for an answer. Null where it can't
  /// be opened.
  virtual std::unique_ptr<VideoInput> open_video(const std::string& address,
                                                 std::chrono::milliseconds timeout) const = 0;
  /// An .mp4 in MPEG-4 (part 2), `size` even and not empty. Null where it can't be written.
  virtual std::unique_ptr<VideoOutput> create_video(const std::filesystem::path& path, cv::Size size,
                                                    double fps) const = 0;
};

/// Loads them at the first call, for the rest of the process. Throws base::UserError if they can't be. Thread rules:
/// any thread.
const Codecs& codecs();

}  // namespace inferqueue::media
