#include "cli/source_tally.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace inferqueue::cli {
namespace {

double milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

void SourceTally::count(const pipeline::FrameStamp& frame, Clock::time_point now) {
  if (frames_++ == 0) first_ = frame.arrived;
  latest_ = frame;
  last_ = now;
  if (!frame.live) return;
  last_lag_ = now - frame.arrived;
  lag_.record(last_lag_);
}

std::size_t SourceTally::expected(std::size_t max_frames) const {
  const std::size_t all = std::max(latest_.of / stride_, frames_);
  return max_frames == 0 ? all : std::min(all, max_frames);
}

double SourceTally::seconds() const {
  return std::chrono::duration<double>(last_ - first_).count();
}

double SourceTally::rate() const {
  return frames_ < 2 || seconds() <= 0 ? 0 : static_cast<double>(frames_) / seconds();
}

std::string SourceTally::text() const {
  std::string text =
      fmt::format("{} {} in {:.2f} s ({:.1f} frames/s)", frames_, frames_ == 1 ? "frame" : "frames", seconds(), rate());
  if (latest_.live)
    text += fmt::format(", {} left out, lag {:.0f} ms, at most {:.0f} ms", latest_.number / stride_ - frames_,
                        milliseconds(lag_.percentile(50)), milliseconds(lag_.max()));
  return text;
}

}  // namespace inferqueue::cli
