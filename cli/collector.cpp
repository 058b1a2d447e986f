#include "cli/collector.hpp"

#include <exception>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/user_error.hpp"
#include "cli/output.hpp"
#include "devices/brief.hpp"
#include "pipeline/files.hpp"
#include "pipeline/picture.hpp"
#include "vision/draw.hpp"

namespace inferqueue::cli {

namespace fs = std::filesystem;
using base::UserError;

Collector::Collector(const CollectorOptions& options, JsonOutput json, std::vector<std::string> labels,
                     std::size_t pictures)
    : options_(options),
      json_(std::move(json)),
      report_(options.model),
      labels_(std::move(labels)),
      pictures_(pictures),
      out_(options.json.lines()) {
  if (options.writes_folder()) folder_ = options.folder.make();
}

void Collector::take(pipeline::PictureResult result) {
  ++delivered_;
  if (result.error.empty()) {
    if (!result.warning.empty()) progress_.say(result.warning);
    objects_ += result.detections.size();
    if (!save(result)) ++failed_;
    const vision::Size size = result.geometry.source;
    progress_.line(
        out_, fmt::format("image {}/{} {}: {}x{} {}, {:.1f} ms", result.index + 1, pictures_, result.source.string(),
                          size.width, size.height, pipeline::summary(result.detections, labels_),
                          std::chrono::duration<double, std::milli>(result.latency).count()));
  } else {
    ++failed_;
    progress_.say(pipeline::failure(result));
  }
  write_json([&] { json_.write(report_.image(pipeline::to_json(result, labels_))); });
  progress_.show(delivered_, pictures_);
}

void Collector::finish(std::chrono::duration<double> took, bool interrupted) {
  progress_.clear();
  put(out_, fmt::format("{}{} of {} pictures, {} objects, {} in {:.2f} s ({:.1f} pictures/s)\n",
                        interrupted ? "interrupted: " : "", delivered_ - failed_, pictures_, objects_,
                        failed_ == 0 ? "no failures" : fmt::format("{} failed", failed_), took.count(),
                        static_cast<double>(delivered_) / took.count()));
  if (folder_)
    put(out_, fmt::format("{}: {}\n", options_.nosave ? "labels" : "annotated pictures",
                          printable(folder_->path().string())));
  write_json([&] {
    json_.write(report_.end());
    json_.finish();
  });
}

/// The picture and its labels, as far as they can be written.
bool Collector::save(pipeline::PictureResult& result) {
  if (!folder_) return true;
  const fs::path target = folder_->picture_path(result.source);
  const bool picture_saved = options_.nosave || saved(result, [&] {
                               vision::draw(result.picture, result.detections, labels_);
                               pipeline::write_picture(target, result.picture);
                             });
  const bool labels_saved = !options_.save_txt || saved(result, [&] {
    pipeline::write_file(folder_->labels_path(), pipeline::to_yolo_labels(result, options_.save_conf));
  });
  return picture_saved && labels_saved;
}

template <class Write>
bool Collector::saved(const pipeline::PictureResult& result, Write write) {
  try {
    write();
    return true;
  } catch (const UserError& error) {
    progress_.say(error.what());
  } catch (const std::exception& error) {
    progress_.say(fmt::format("{}: can't be saved: {}", result.source.string(), devices::brief(error)));
  }
  return false;
}

template <class Write>
void Collector::write_json(Write write) {
  if (!json_.wanted()) return;
  try {
    write();
  } catch (const UserError& error) {
    json_failed_ = true;
    progress_.say(error.what());
  }
}

}  // namespace inferqueue::cli
