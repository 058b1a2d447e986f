#include "cli/saver.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "base/user_error.hpp"
#include "devices/brief.hpp"
#include "pipeline/files.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/report.hpp"
#include "pipeline/source_names.hpp"
#include "vision/draw.hpp"

namespace inferqueue::cli {
namespace {

using Kind = SourceEntry::Kind;

/// Of an annotated video: where the source doesn't say, and what a live one, whose frames are repeated to fill their
/// time, gets at most.
constexpr double usual_fps = 25;
constexpr double most_live_fps = 30;

double fps_of(const pipeline::FrameStamp& frame, std::size_t stride) {
  const double said = frame.fps > 0 ? frame.fps : usual_fps;
  if (frame.live) return std::clamp(said, 1.0, most_live_fps);
  return std::max(said / static_cast<double>(stride), 0.1);
}

}  // namespace

Saver::Saver(const SaveOptions& options, std::span<const SourceEntry> sources, std::size_t stride,
             std::vector<std::string> labels, Say say)
    : options_(options),
      sources_(sources),
      stride_(stride),
      labels_(std::move(labels)),
      say_(std::move(say)),
      videos_(sources.size()) {
  const auto saved = [&](const SourceEntry& source) { return options_.saves(source.kind); };
  if (!options_.save_txt && std::ranges::none_of(sources_, saved)) return;
  folder_ = options_.folder.make();
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].kind == Kind::pictures || (!saved(sources_[i]) && !options_.save_txt)) continue;
    videos_[i].path = folder_->video_path(pipeline::file_stem(sources_[i].typed), sources_[i].typed);
  }
}

bool Saver::save(pipeline::PictureResult& result) {
  if (!folder_) return true;
  return sources_[result.frame.source].kind == Kind::pictures ? save_picture(result) : save_frame(result);
}

bool Saver::save_picture(pipeline::PictureResult& result) {
  const std::string name = result.source.string();
  const std::filesystem::path target = folder_->picture_path(result.source);
  bool saved = true;
  if (options_.saves(Kind::pictures))
    saved = done(name, [&] {
      vision::draw(result.picture, result.detections, labels_);
      pipeline::write_picture(target, result.picture);
    });
  if (options_.save_txt)
    saved &= done(name, [&] {
      pipeline::write_file(folder_->labels_path(), pipeline::to_yolo_labels(result, options_.save_conf));
    });
  return saved;
}

bool Saver::save_frame(pipeline::PictureResult& result) {
  const std::string name = result.source.string();
  Video& video = videos_[result.frame.source];
  bool saved = true;
  if (options_.saves(sources_[result.frame.source].kind) && !video.failed) {
    saved = done(name, [&] {
      vision::draw(result.picture, result.detections, labels_);
      add_frame(video, result);
    });
    video.failed = !saved;  // it is told once
  }
  if (options_.save_txt && !result.detections.empty())
    saved &= done(name, [&] {
      pipeline::write_file(folder_->frame_labels_path(video.path, result.frame.number),
                           pipeline::to_yolo_labels(result, options_.save_conf));
    });
  return saved;
}

void Saver::add_frame(Video& video, const pipeline::PictureResult& result) const {
  if (!video.writer) {
    video.fps = fps_of(result.frame, stride_);
    video.writer = std::make_unique<pipeline::VideoWriter>(video.path, result.picture.size(), video.fps);
  }
  if (!result.frame.live) return video.writer->write(result.picture);
  // A frame is shown from its time on; the one before stands until then.
  const double seconds = std::chrono::duration<double>(result.frame.time).count();
  const std::size_t due = static_cast<std::size_t>(std::floor(seconds * video.fps)) + 1;
  if (due <= video.due) return;
  const std::size_t most = static_cast<std::size_t>(video.fps) + 1;  // where it stood still, that isn't shown
  for (std::size_t i = 0; i < std::min(due - video.due, most); ++i) video.writer->write(result.picture);
  video.due = due;
}

bool Saver::finish(std::size_t source) {
  const auto writer = std::exchange(videos_[source].writer, nullptr);
  return !writer || videos_[source].failed || done(videos_[source].path.string(), [&] { writer->commit(); });
}

std::string Saver::text() const {
  if (!folder_) return {};
  bool pictures = false;
  bool videos = false;
  for (const SourceEntry& source : sources_)
    if (options_.saves(source.kind)) (source.kind == Kind::pictures ? pictures : videos) = true;
  const char* what = pictures && videos ? "annotated pictures and videos"
                     : pictures         ? "annotated pictures"
                     : videos           ? "annotated videos"
                                        : "labels";
  return fmt::format("{}: {}", what, folder_->path().string());
}

template <class Write>
bool Saver::done(const std::string& name, Write write) {
  try {
    write();
    return true;
  } catch (const base::UserError& error) {
    say_(error.what());
  } catch (const std::exception& error) {
    say_(fmt::format("{}: can't be saved: {}", name, devices::brief(error)));
  }
  return false;
}

}  // namespace inferqueue::cli
