// Pictures, videos and streams that share one queue.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <numeric>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "pipeline/collecting_sink.hpp"
#include "pipeline/heard.hpp"
#include "pipeline/hooked_detector.hpp"
#include "pipeline/picture_source.hpp"
#include "pipeline/pipeline.hpp"
#include "pipeline/video_source.hpp"
#include "support/loopback_camera.hpp"
#include "support/temp_folder.hpp"
#include "support/videos.hpp"

namespace inferqueue::pipeline {
namespace {

using testing::LoopbackCamera;
using testing::write_many;
using testing::write_video;
using Kind = VideoSource::Kind;

class ManySources : public ::testing::Test {
 protected:
  void add(const std::string& source, Kind kind, const VideoOptions& options = {}) {
    sources.push_back(std::make_unique<VideoSource>(source, kind, options));
  }
  void add_video(const std::string& name, std::size_t frames) {
    add(write_video(temp / name, frames).string(), Kind::file);
  }

  testing::TempFolder temp;
  std::vector<std::filesystem::path> pictures;
  std::vector<std::unique_ptr<FrameSource>> sources;
};

TEST_F(ManySources, EachInItsOrderAndNothingIsMissing) {
  pictures = write_many(temp / "pictures", 50);
  pictures[7] = temp / "missing.png";
  const LoopbackCamera camera({.fps = 200});
  sources.push_back(std::make_unique<PictureSource>(pictures));
  add_video("a.mp4", 80);
  add_video("b.mp4", 30);
  add(camera.address(), Kind::live, {.max_frames = 25});
  HookedDetector detector(3);
  CollectingSink sink(sources.size());
  std::vector<std::vector<std::size_t>> shown(sources.size());
  sink.on_frame = [&](PictureResult& result) {
    const std::size_t source = result.frame.source;
    EXPECT_EQ(result.error.empty(), source != 0 || result.index != 7) << result.error;
    if (!result.error.empty()) return;
    EXPECT_EQ(result.detections.size(), 3U);
    if (source != 0) shown[source].push_back(testing::number_in(result.picture));
  };
  detect_frames(detector.model, detector.queue, sources, {}, sink);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    SCOPED_TRACE(i);
    std::vector<std::size_t> wanted(std::vector<std::size_t>{50, 80, 30, 25}[i]);
    std::iota(wanted.begin(), wanted.end(), 0U);
    EXPECT_EQ(sink.sources[i].indices, wanted);
    EXPECT_EQ(sink.sources[i].ends, std::vector<std::string>{""});
  }
  EXPECT_EQ(shown[1], steps(1, 80));
  EXPECT_EQ(shown[2], steps(1, 30));
  EXPECT_TRUE(std::ranges::is_sorted(shown[3]));
}

TEST_F(ManySources, ShareTheQueueFairly) {
  constexpr std::size_t count = 150;
  add_video("a.mp4", count);
  add_video("b.mp4", count);
  add_video("c.mp4", count);
  HookedDetector detector(1);
  // So that the videos wait for it and not it for them.
  testing::HookOp::hook = [](const ov::Tensor&) { std::this_thread::sleep_for(std::chrono::milliseconds(3)); };
  CollectingSink sink(3);
  std::vector<std::size_t> counts(3);
  std::vector<std::size_t> before;  // the counts when all three had begun
  sink.on_frame = [&](PictureResult& result) {
    ++counts[result.frame.source];
    if (before.empty() && std::ranges::find(counts, 0U) == counts.end()) before = counts;
    if (before.empty() || std::ranges::find(counts, count) != counts.end()) return;
    std::vector<std::size_t> since(3);
    std::ranges::transform(counts, before, since.begin(), std::minus<>());
    const auto [least, most] = std::ranges::minmax(since);
    EXPECT_LE(most - least, 12U) << "no more than may be under way of each, twice";
  };
  detect_frames(detector.model, detector.queue, sources, {}, sink);
  EXPECT_EQ(counts, std::vector<std::size_t>(3, count));
  EXPECT_FALSE(before.empty());
}

TEST_F(ManySources, OneThatStandsStillHoldsUpNoOther) {
  const LoopbackCamera silent({.is_silent = true});
  const LoopbackCamera stalled({.fps = 500, .frames = 60, .stalls = true});
  const VideoOptions patient{.timeout = std::chrono::minutes(1)};
  add(silent.address(), Kind::live, patient);
  add(stalled.address(), Kind::live, patient);
  add_video("a.mp4", 200);
  HookedDetector detector(1);  // a slot that one of them held would be missed
  CollectingSink sink(3);
  std::stop_source stop;
  sink.on_end = [&](std::size_t source) {
    if (source == 2) stop.request_stop();  // else this would last a minute, and then they would be tried again
  };
  detect_frames(detector.model, detector.queue, sources, {}, sink, stop.get_token());
  EXPECT_EQ(sink.sources[2].indices.size(), 200U);
  EXPECT_EQ(sink.sources[0].indices.size(), 0U);
  for (const auto& source : sink.sources) {
    EXPECT_EQ(source.notes, std::vector<std::string>{});
    EXPECT_EQ(source.ends, std::vector<std::string>{""});
  }
}

TEST_F(ManySources, PicturesThatNobodyKeepsAreUsedAgain) {
  add_video("a.mp4", 100);
  HookedDetector detector(2);
  CollectingSink sink(1);
  sink.on_frame = [&](PictureResult& result) {
    EXPECT_TRUE(result.picture.empty());
    EXPECT_EQ(result.geometry.source, (vision::Size{192, 64}));
    EXPECT_EQ(result.detections.size(), 3U);
  };
  detect_frames(detector.model, detector.queue, sources, {.postprocess = {}, .keep_pictures = false}, sink);
  EXPECT_EQ(sink.sources[0].indices.size(), 100U);
}

TEST_F(ManySources, MemoryForPicturesIsBoundedByWhatIsUnderWay) {
  add_video("a.mp4", 300);
  HookedDetector detector(2);
  CollectingSink sink(1);
  std::set<const unsigned char*> memory;
  sink.on_frame = [&](PictureResult& result) { memory.insert(result.picture.data); };
  detect_frames(detector.model, detector.queue, sources, {}, sink);
  EXPECT_LE(memory.size(), 2U * 2 + 4 + 5) << "those under way, and those of the reader, the feeder and the sink";
}

TEST_F(ManySources, NoSourcesAreNoWork) {
  HookedDetector detector(1);
  CollectingSink sink(0);
  detect_frames(detector.model, detector.queue, sources, {}, sink);
}

}  // namespace
}  // namespace inferqueue::pipeline
