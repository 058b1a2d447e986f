// A camera that is three times as fast as the model: results stay as young as they were at the beginning.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "pipeline/collecting_sink.hpp"
#include "pipeline/hooked_detector.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/video_source.hpp"
#include "support/loopback_camera.hpp"
#include "support/videos.hpp"

namespace inferqueue::pipeline {
namespace {

using testing::LoopbackCamera;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

/// A minute in the full run; the queue would be behind by two thirds of it.
std::chrono::seconds how_long() {
  return std::chrono::seconds(std::getenv("INFERQUEUE_TEST_FULL") != nullptr ? 60 : 5);
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + std::ssize(values) / 2);
  return values.at(values.size() / 2);
}

struct Lags {
  double early = 0;  ///< the median of the first quarter, in ms
  double late = 0;   ///< of the last
  double all = 0;
  double most = 0;
  std::size_t frames = 0;
};

/// For so long 60 pictures a second into 20 inferences. The lag is that of what the picture shows: from the camera's
/// taking it to its delivery.
Lags measure(VideoSource::Kind kind, std::chrono::seconds duration) {
  const LoopbackCamera camera({.fps = 60});
  HookedDetector detector(1);
  testing::HookOp::hook = [](const ov::Tensor&) { std::this_thread::sleep_for(std::chrono::milliseconds(50)); };
  std::vector<std::unique_ptr<FrameSource>> sources;
  sources.push_back(std::make_unique<VideoSource>(camera.address(), kind, VideoOptions{}));
  CollectingSink sink(1);
  std::stop_source stop;
  std::vector<double> lags;
  Clock::time_point begun{};
  sink.on_frame = [&](PictureResult& result) {
    const auto now = Clock::now();
    if (begun == Clock::time_point{}) begun = now;
    if (now - begun > duration) stop.request_stop();
    // Before it gives the first frame FFmpeg reads some to learn what they are.
    if (now - begun < std::chrono::seconds(1)) return;
    lags.push_back(Milliseconds(now - camera.captured(testing::number_in(result.picture))).count());
  };
  detect_frames(detector.model, detector.queue, sources, {}, sink, stop.get_token());
  const auto quarter = std::ssize(lags) / 4;
  const Lags found{.early = median({lags.begin(), lags.begin() + quarter}),
                   .late = median({lags.end() - quarter, lags.end()}),
                   .all = median(lags),
                   .most = std::ranges::max(lags),
                   .frames = lags.size()};
  fmt::print("{} frames in {} s; lag: median {:.0f} ms, at most {:.0f}; first quarter {:.0f}, last quarter {:.0f}\n",
             found.frames, duration.count(), found.all, found.most, found.early, found.late);
  return found;
}

TEST(Lag, OfALiveSourceDoesNotGrow) {
  const auto duration = how_long();
  const Lags lags = measure(VideoSource::Kind::live, duration);
  EXPECT_LE(lags.late, lags.early + 50);
  EXPECT_LE(lags.all, 300);
  const auto seconds = static_cast<std::size_t>(duration.count());
  EXPECT_GE(lags.frames, 10 * (seconds - 1)) << "the model is kept busy";
  EXPECT_LE(lags.frames, 21 * seconds);
}

/// That the above can tell: the same stream with all its frames.
TEST(Lag, WouldGrowIfEveryFrameWereTaken) {
  const Lags lags = measure(VideoSource::Kind::file, std::chrono::seconds(4));
  EXPECT_GT(lags.late, lags.early + 500);
}

}  // namespace
}  // namespace inferqueue::pipeline
