// Inferences that fail, sinks that throw, stop requests: the pipeline comes back, and what it delivered is right.
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <openvino/openvino.hpp>

#include "pipeline/f32_options.hpp"
#include "pipeline/hooked_detector.hpp"
#include "pipeline/pipeline.hpp"
#include "support/known_boxes.hpp"
#include "support/models.hpp"
#include "support/temp_folder.hpp"

namespace inferqueue::pipeline {
namespace {

using testing::expect_detections;
using testing::HookOp;
using testing::known_detections;
using testing::red_of;
using testing::write_many;

/// The red (0..255) of the middle pixel in an input [1,3,64,64].
int red_in(const ov::Tensor& input) {
  return static_cast<int>(input.data<const float>()[std::size_t{32} * 64 + 32] * 255 + 0.5F);
}

class PipelineFaults : public ::testing::Test {
 protected:
  static constexpr std::size_t count = 60;

  void TearDown() override { HookOp::hook = nullptr; }

  static ov::Core make_core() {
    ov::Core made;
    made.add_extension<HookOp>();
    return made;
  }

  std::vector<PictureResult> detect(std::stop_token stop = {}) {
    std::vector<PictureResult> results;
    detect_pictures(
        model, queue, pictures, {}, [&](PictureResult result) { results.push_back(std::move(result)); }, stop);
    return results;
  }

  /// Everything works: no slot was lost, no callback was left behind.
  void expect_whole() {
    HookOp::hook = nullptr;
    const auto results = detect();
    ASSERT_EQ(results.size(), count);
    for (const PictureResult& result : results) {
      EXPECT_EQ(result.error, "");
      expect_detections(result.detections, known_detections(red_of(result.index)));
    }
  }

  testing::TempFolder temp;
  ov::Core core = make_core();
  DetectorModel model = HookedDetector::make_model();
  std::vector<std::filesystem::path> pictures = write_many(temp / "pictures", count);
  AsyncInferQueue queue{compile(core, model, f32()), 3};
};

TEST_F(PipelineFaults, AnInferenceThatFailsCostsItsOwnPictureOnly) {
  const std::set<std::size_t> bad{0, 17, 18, 19, 20, 41, count - 1};
  std::set<int> reds;
  for (const std::size_t i : bad) reds.insert(red_of(i));
  HookOp::hook = [&](const ov::Tensor& input) {
    if (reds.contains(red_in(input))) throw std::runtime_error("no red like this");
  };
  const auto results = detect();
  ASSERT_EQ(results.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(results[i].index, i);
    EXPECT_EQ(results[i].source, pictures[i]);
    if (bad.contains(i)) {
      EXPECT_NE(results[i].error.find("no red like this"), std::string::npos) << results[i].error;
      EXPECT_EQ(results[i].error.find('\n'), std::string::npos);
      EXPECT_EQ(results[i].detections.size(), 0U);
    } else {
      EXPECT_EQ(results[i].error, "");
      expect_detections(results[i].detections, known_detections(red_of(i)));
    }
  }
  expect_whole();
}

TEST_F(PipelineFaults, EveryInferenceMayFail) {
  HookOp::hook = [](const ov::Tensor&) { throw 42; };
  const auto results = detect();
  ASSERT_EQ(results.size(), count);
  for (const PictureResult& result : results) EXPECT_NE(result.error, "");
  expect_whole();
}

TEST_F(PipelineFaults, AnOutputThatTheHeadCanNotReadIsThePicturesError) {
  model.head = vision::recognize({.shape = ov::Shape{1, 252, 10}, .network = model.network}).head;
  const auto results = detect();
  ASSERT_EQ(results.size(), count);
  for (const PictureResult& result : results)
    EXPECT_EQ(result.error, "YOLOv5: the output's length isn't a multiple of 5 + classes");
  model = HookedDetector::make_model();
  expect_whole();
}

TEST_F(PipelineFaults, WhatTheSinkThrowsComesOutUnchangedAtAnyPlace) {
  struct Mine {
    std::size_t index;
  };
  for (const std::size_t place : {std::size_t{0}, std::size_t{1}, count / 2, count - 1}) {
    SCOPED_TRACE(place);
    std::size_t delivered = 0;
    std::size_t thrown = count;
    try {
      detect_pictures(model, queue, pictures, {}, [&](const PictureResult& result) {
        ++delivered;
        if (result.index == place) throw Mine{place};
      });
    } catch (const Mine& mine) {
      thrown = mine.index;
    }
    EXPECT_EQ(thrown, place);
    EXPECT_EQ(delivered, place + 1) << "nothing is delivered after the throw";
  }
  expect_whole();
}

TEST_F(PipelineFaults, ASinkThatThrowsEndsTheReading) {
  std::atomic<std::size_t> inferred{0};
  HookOp::hook = [&](const ov::Tensor&) { ++inferred; };
  EXPECT_THROW(detect_pictures(model, queue, pictures, {}, [](const PictureResult&) { throw std::runtime_error("x"); }),
               std::runtime_error);
  EXPECT_LE(inferred.load(), 2 * queue.size() + 4 + 1) << "the bound on what is under way, and the one taken out";
}

TEST_F(PipelineFaults, ASlowSinkHoldsTheReadingUp) {
  std::atomic<std::size_t> inferred{0};
  HookOp::hook = [&](const ov::Tensor&) { ++inferred; };
  std::size_t delivered = 0;
  detect_pictures(model, queue, pictures, {},
                  [&](const PictureResult&) { EXPECT_LE(inferred.load(), ++delivered + 2 * queue.size() + 4); });
  EXPECT_EQ(delivered, count);
}

TEST_F(PipelineFaults, AStopRequestDeliversWhatIsUnderWay) {
  std::stop_source stop;
  std::atomic<std::size_t> inferred{0};
  HookOp::hook = [&](const ov::Tensor&) {
    if (++inferred == 10) stop.request_stop();
  };
  const auto results = detect(stop.get_token());
  EXPECT_EQ(results.size(), inferred.load());
  EXPECT_GE(results.size(), 10U);
  EXPECT_LT(results.size(), count) << "what was under way by then, no more";
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].index, i);
    expect_detections(results[i].detections, known_detections(red_of(i)));
  }
  expect_whole();
}

TEST_F(PipelineFaults, AStopRequestBeforeTheFirstPictureDeliversNothing) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(detect(stop.get_token()).size(), 0U);
  expect_whole();
}

TEST_F(PipelineFaults, AStopRequestFromTheSinkIsHeard) {
  std::stop_source stop;
  std::size_t delivered = 0;
  detect_pictures(
      model, queue, pictures, {},
      [&](const PictureResult& result) {
        EXPECT_EQ(result.index, delivered++);
        stop.request_stop();
      },
      stop.get_token());
  EXPECT_GE(delivered, 1U);
  EXPECT_LE(delivered, 2 * queue.size() + 6);
}

TEST_F(PipelineFaults, AnErrorFromBeforeIsRethrownAndNothingHangs) {
  HookOp::hook = [](const ov::Tensor&) { throw std::runtime_error("from before"); };
  queue.start_async();
  while (!queue.is_ready() || !queue[0].is_idle() || !queue[1].is_idle() || !queue[2].is_idle())
    std::this_thread::yield();
  HookOp::hook = nullptr;
  std::size_t delivered = 0;
  EXPECT_ANY_THROW(detect_pictures(model, queue, pictures, {}, [&](const PictureResult&) { ++delivered; }));
  EXPECT_EQ(delivered, count);
  expect_whole();
}

}  // namespace
}  // namespace inferqueue::pipeline
