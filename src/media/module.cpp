// The module that media/codecs.cpp loads: all that is linked with OpenCV's modules for files.
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>

#include "media/codecs.hpp"

namespace inferqueue::media {
namespace {

class OpenCvInput final : public VideoInput {
 public:
  explicit OpenCvInput(const cv::VideoCapture& capture) : capture_(capture) {}  // a handle, as the next

  double fps() const override { return capture_.get(cv::CAP_PROP_FPS); }
  double frames() const override { return capture_.get(cv::CAP_PROP_FRAME_COUNT); }
  double position_ms() const override { return capture_.get(cv::CAP_PROP_POS_MSEC); }
  bool grab() override { return capture_.grab(); }
  bool retrieve(cv::Mat& picture) override { return capture_.retrieve(picture); }

 private:
  cv::VideoCapture capture_;
};

class OpenCvOutput final : public VideoOutput {
 public:
  explicit OpenCvOutput(const cv::VideoWriter& writer) : writer_(writer) {}

  void write(const cv::Mat& bgr8) override { writer_.write(bgr8); }

 private:
  cv::VideoWriter writer_;
};

std::unique_ptr<VideoInput> opened(const cv::VideoCapture& capture) {
  return capture.isOpened() ? std::make_unique<OpenCvInput>(capture) : nullptr;
}

class OpenCvCodecs final : public Codecs {
 public:
  cv::Mat decode_picture(std::span<const unsigned char> bytes) const override {
    // OpenCV only reads it, but has no name for that.
    auto* const data = const_cast<unsigned char*>(bytes.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    return cv::imdecode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, data), cv::IMREAD_COLOR);
  }

  bool encode_picture(const std::string& extension, const cv::Mat& bgr8,
                      std::vector<unsigned char>& bytes) const override {
    return cv::imencode(extension, bgr8, bytes);
  }

  std::unique_ptr<VideoInput> open_camera(int number) const override {
    return opened(cv::VideoCapture(number, cv::CAP_V4L2));
  }

  std::unique_ptr<VideoInput> open_video(const std::string& address, std::chrono::milliseconds timeout) const override {
    const int limit = static_cast<int>(timeout.count());
    return opened(cv::VideoCapture(address, cv::CAP_FFMPEG,
                                   {cv::CAP_PROP_OPEN_TIMEOUT_MSEC, limit, cv::CAP_PROP_READ_TIMEOUT_MSEC, limit}));
  }

  std::unique_ptr<VideoOutput> create_video(const std::filesystem::path& path, cv::Size size,
                                            double fps) const override {
    const cv::VideoWriter writer(path.string(), cv::CAP_FFMPEG, cv::VideoWriter::fourcc('m', 'p', '4', 'v'), fps, size);
    return writer.isOpened() ? std::make_unique<OpenCvOutput>(writer) : nullptr;
  }
};

}  // namespace
}  // namespace inferqueue::media

/// A Codecs, as codecs.cpp knows: C has no name for it.
extern "C" __attribute__((visibility("default"))) const void* inferqueue_media_codecs() {
  static const inferqueue::media::OpenCvCodecs codecs;
  return static_cast<const inferqueue::media::Codecs*>(&codecs);
}
