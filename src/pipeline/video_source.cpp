#include "pipeline/video_source.hpp"

#include <chrono>
#include <exception>
#include <thread>
#include <utility>

#include "base/atomic.hpp"
#include "pipeline/error_text.hpp"
#include "pipeline/source_names.hpp"

namespace inferqueue::pipeline {
namespace {

constexpr std::chrono::milliseconds patience{500};

base::Atomic<std::size_t> readers{0};

}  // namespace

VideoSource::VideoSource(std::string source, Kind kind, const VideoOptions& options)
    : source_(std::move(source)),
      name_(shown_name(source_)),
      kind_(kind),
      options_(options),
      mail_(std::make_shared<FrameMailbox>(kind == Kind::live ? FrameMailbox::Keep::latest : FrameMailbox::Keep::all)) {
}

VideoSource::~VideoSource() {
  mail_->stop();
  if (begun_) mail_->wait_until_left(patience);
}

void VideoSource::begin() {
  // Detached, because a thread that stands still in OpenCV could not be joined. It has all it uses.
  ++readers;
  try {
    std::thread([mail = mail_, source = source_, kind = kind_, options = options_] {
      try {
        kind == Kind::live ? read_live(*mail, source, options) : read_video(*mail, source, options);
      } catch (...) {
        mail->end(error_text(std::current_exception()));
      }
      --readers;
      mail->leave();
    }).detach();
  } catch (...) {
    --readers;
    throw;
  }
  begun_ = true;
}

Step VideoSource::next(PictureResult& result, const std::stop_token& stop) {
  if (options_.max_frames != 0 && taken_ == options_.max_frames) {
    mail_->stop();
    return {.kind = Step::Kind::end};
  }
  if (!begun_) begin();
  Step step = mail_->wait(result, stop);
  if (step.kind == Step::Kind::end) mail_->stop();  // now, so that those of several sources leave side by side
  if (step.kind == Step::Kind::frame) {
    ++taken_;
    if (result.source != name_) result.source = name_;
  }
  return step;
}

void VideoSource::refresh(PictureResult& result) {
  if (kind_ == Kind::live) mail_->exchange(result);
}

std::size_t readers_left_behind() noexcept {
  return readers.load();
}

}  // namespace inferqueue::pipeline
