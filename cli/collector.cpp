#include "cli/collector.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/user_error.hpp"
#include "cli/output.hpp"
#include "pipeline/source_names.hpp"

namespace inferqueue::cli {
namespace {

using base::UserError;
using Kind = SourceEntry::Kind;

double milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

Collector::Collector(const CollectorOptions& options, JsonOutput json, std::vector<std::string> labels,
                     std::vector<SourceEntry> sources)
    : options_(options),
      json_(std::move(json)),
      report_(options.model),
      sources_(std::move(sources)),
      tallies_(sources_.size(), SourceTally(options.stride)),
      out_(options.json.lines()),
      saver_(options.save, sources_, options.stride, std::move(labels),
             [this](const std::string& text) { progress_.say(text); }) {}

void Collector::take(pipeline::PictureResult& result) {
  const bool is_picture = sources_[result.frame.source].kind == Kind::pictures;
  SourceTally& tally = tallies_[result.frame.source];
  if (is_picture)
    ++pictures_;
  else
    tally.count(result.frame, SourceTally::Clock::now());
  bool good = result.error.empty();
  if (good) {
    if (!result.warning.empty()) progress_.say(result.warning);
    objects_ += result.detections.size();
    good = saver_.save(result);
    progress_.line(out_, line_of(result));
  } else {
    progress_.say(pipeline::failure(result));
  }
  if (!good) ++failures_;
  if (!good && is_picture) ++failed_pictures_;
  write_json([&] {
    auto json = pipeline::to_json(result, saver_.labels());
    if (result.frame.live) json["lag_ms"] = pipeline::rounded(milliseconds(tally.last_lag()), 1);
    json_.write(report_.image(json));
  });
  show_progress();
}

std::string Collector::line_of(const pipeline::PictureResult& result) const {
  const SourceEntry& source = sources_[result.frame.source];
  const std::string place =
      source.kind == Kind::pictures
          ? fmt::format("image {}/{}", result.index + 1, options_.pictures)
          : fmt::format("{} {}/{} ({}{})", source.kind == Kind::video ? "video" : "stream", source.number, source.of,
                        result.frame.number, result.frame.of > 0 ? fmt::format("/{}", result.frame.of) : "");
  const vision::Size size = result.geometry.source;
  return fmt::format("{} {}: {}x{} {}, {:.1f} ms{}", place, result.source.string(), size.width, size.height,
                     pipeline::summary(result.detections, saver_.labels()), milliseconds(result.latency),
                     result.frame.live
                         ? fmt::format(", lag {:.0f} ms", milliseconds(tallies_[result.frame.source].last_lag()))
                         : std::string());
}

void Collector::show_progress() {
  if (tallies_.size() == 1 && sources_.front().kind == Kind::pictures)
    return progress_.show(pictures_, options_.pictures);
  std::size_t done = pictures_;
  std::size_t all = options_.pictures;
  double rate = 0;
  std::chrono::nanoseconds lag{};
  bool live = false;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    done += tallies_[i].frames();
    all += tallies_[i].expected(options_.max_frames);
    rate += tallies_[i].rate();
    lag = std::max(lag, tallies_[i].last_lag());
    live |= sources_[i].kind == Kind::live;
  }
  if (live)
    progress_.show_text(fmt::format("{} done, {:.1f} frames/s, lag {:.0f} ms", done, rate, milliseconds(lag)));
  else
    progress_.show(static_cast<double>(done) / static_cast<double>(all),
                   fmt::format("{}/{}, {:.1f} frames/s,", done, all, rate));
}

void Collector::note(std::size_t /*source*/, const std::string& text) {
  progress_.say(text);
}

void Collector::end(std::size_t source, const std::string& failure) {
  if (!failure.empty()) progress_.say(failure);
  const bool saved = saver_.finish(source);
  if (!failure.empty() || !saved) ++failures_;
  if (tallies_[source].frames() > 0)
    progress_.line(out_, fmt::format("{}: {}", pipeline::shown_name(sources_[source].typed), tallies_[source].text()));
}

void Collector::finish(std::chrono::duration<double> took, bool interrupted) {
  progress_.clear();
  std::size_t frames = 0;
  for (const SourceTally& tally : tallies_) frames += tally.frames();
  const bool videos = std::ranges::any_of(sources_, [](const auto& source) { return source.kind != Kind::pictures; });
  std::string done;
  if (options_.pictures > 0)
    done += fmt::format("{} of {} pictures, ", pictures_ - failed_pictures_, options_.pictures);
  if (videos) done += fmt::format("{} {}, ", frames, frames == 1 ? "frame" : "frames");
  put(out_, fmt::format("{}{}{} objects, {} in {:.2f} s ({:.1f} {}/s)\n", interrupted ? "interrupted: " : "", done,
                        objects_, failures_ == 0 ? "no failures" : fmt::format("{} failed", failures_), took.count(),
                        static_cast<double>(pictures_ + frames) / took.count(), videos ? "frames" : "pictures"));
  if (const std::string saved = saver_.text(); !saved.empty()) put(out_, printable(saved) + "\n");
  write_json([&] {
    json_.write(report_.end());
    json_.finish();
  });
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
