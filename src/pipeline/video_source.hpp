// A video file, a camera or a stream as a source.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "pipeline/frame_mailbox.hpp"
#include "pipeline/frame_source.hpp"
#include "pipeline/video_reader.hpp"

namespace inferqueue::pipeline {

/// Reads on a thread of its own, from the first next() on: a video as far ahead as two frames; of a live source the
/// latest frame is kept, and the others are lost. Thread rules: as FrameSource.
///
/// OpenCV can't be told to stop. A reader that doesn't return from it in half a second after the end is left behind,
/// with what it uses, and ends when it returns.
class VideoSource final : public FrameSource {
 public:
  enum class Kind { file, live };

  /// A path, a camera's number or an address. Opens nothing yet.
  VideoSource(std::string source, Kind kind, const VideoOptions& options);
  ~VideoSource() override;
  VideoSource(const VideoSource&) = delete;
  VideoSource& operator=(const VideoSource&) = delete;
  VideoSource(VideoSource&&) = delete;
  VideoSource& operator=(VideoSource&&) = delete;

  Step next(PictureResult& result, const std::stop_token& stop) override;
  void refresh(PictureResult& result) override;
  bool is_live() const override { return kind_ == Kind::live; }

 private:
  void begin();

  std::string source_;
  std::string name_;
  Kind kind_;
  VideoOptions options_;
  std::shared_ptr<FrameMailbox> mail_;  // the reader's too
  bool begun_ = false;
  std::size_t taken_ = 0;
};

/// How many readers are left behind in OpenCV now. While there are any, a program must not end by returning from main,
/// which would destroy what they use: std::_Exit() leaves it. Thread rules: any thread.
std::size_t readers_left_behind() noexcept;

}  // namespace inferqueue::pipeline
