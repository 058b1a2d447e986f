// Streams from a camera on the loopback interface: what is said and done when they are late, end, stall or aren't
// there.
#include <chrono>
#include <cstddef>
#include <future>
#include <optional>
#include <stop_token>
#include <string>

#include <gtest/gtest.h>

#include "pipeline/heard.hpp"
#include "pipeline/video_source.hpp"
#include "support/eventually.hpp"
#include "support/loopback_camera.hpp"

namespace inferqueue::pipeline {
namespace {

using std::chrono::milliseconds;
using testing::LoopbackCamera;
using Strings = std::vector<std::string>;

/// Tries again quickly.
VideoOptions quick(std::size_t retries) {
  return {.timeout = milliseconds(60'000), .retries = retries, .first_retries = retries, .wait = milliseconds(10)};
}

Heard hear(const std::string& address, const VideoOptions& options) {
  VideoSource source(address, VideoSource::Kind::live, options);
  return hear(source);
}

TEST(LiveSource, GivesFramesWithTheirArrival) {
  const LoopbackCamera camera({.fps = 100});
  VideoOptions options = quick(0);
  options.max_frames = 40;
  const auto begun = std::chrono::steady_clock::now();
  const Heard heard = hear(camera.address(), options);
  ASSERT_EQ(heard.frames.size(), 40U);
  EXPECT_EQ(heard.end, "");
  for (std::size_t i = 0; i < heard.frames.size(); ++i) {
    const FrameStamp& frame = heard.frames[i].frame;
    EXPECT_TRUE(frame.live);
    EXPECT_EQ(heard.frames[i].source, camera.address());
    EXPECT_GT(frame.arrived, i == 0 ? begun : heard.frames[i - 1].frame.arrived);
    EXPECT_EQ(frame.time, frame.arrived - heard.frames[0].frame.arrived + heard.frames[0].frame.time);
    EXPECT_GT(heard.numbers[i], i == 0 ? 0 : heard.numbers[i - 1]);
  }
}

TEST(LiveSource, WhatComesMeanwhileIsLostButForTheLatest) {
  const LoopbackCamera camera({.fps = 200});
  VideoSource source(camera.address(), VideoSource::Kind::live, quick(0));
  PictureResult result;
  ASSERT_EQ(source.next(result, {}).kind, Step::Kind::frame);
  const std::size_t first = testing::number_in(result.picture);
  // This one is held until the camera has taken fifty more.
  ASSERT_TRUE(testing::eventually([&] {
    source.refresh(result);
    return testing::number_in(result.picture) > first + 50;
  }));
  const std::size_t number = result.frame.number;
  std::this_thread::sleep_until(camera.captured(first + 150));
  ASSERT_EQ(source.next(result, {}).kind, Step::Kind::frame);
  EXPECT_GT(result.frame.number, number + 20) << "those in between are counted, and gone";
}

TEST(LiveSource, AnAddressThatNeverAnswersIsAnErrorAfterItsTries) {
  std::string address;
  {
    const LoopbackCamera gone({.is_silent = true});
    address = gone.address();
  }
  const std::string why = address + ": can't be opened";
  Heard heard = hear(address, quick(2));
  EXPECT_EQ(heard.frames.size(), 0U);
  EXPECT_EQ(heard.notes,
            (Strings{why + "; trying again in 0.01 s (1 of 2)", why + "; trying again in 0.02 s (2 of 2)"}));
  EXPECT_EQ(heard.end, why + ", also when tried again (2 in a row); check the address");
  heard = hear(address, quick(0));
  EXPECT_EQ(heard.notes, Strings{});
  EXPECT_EQ(heard.end, why + "; check the address");
}

TEST(LiveSource, ACameraThatIsNotThereIsNamedByItsDevice) {
  const Heard heard = hear("9999", quick(0));
  EXPECT_EQ(heard.end, "camera 9999: can't be opened; is it there, and may you read /dev/video9999?");
}

TEST(LiveSource, OneThatAnswersAtTheSecondTryIsUsed) {
  const LoopbackCamera camera({.fps = 200, .refusals = 1});
  VideoOptions options = quick(1);
  options.max_frames = 5;
  const Heard heard = hear(camera.address(), options);
  EXPECT_EQ(heard.frames.size(), 5U);
  EXPECT_EQ(heard.notes, (Strings{camera.address() + ": can't be opened; trying again in 0.01 s (1 of 1)",
                                  camera.address() + ": is back"}));
}

TEST(LiveSource, OneThatEndsIsTriedAgainAndHasAllItsTriesEachTime) {
  const LoopbackCamera camera({.fps = 500, .frames = 30});
  VideoSource source(camera.address(), VideoSource::Kind::live, quick(1));
  std::stop_source stop;
  const Heard heard = hear(source, stop.get_token(), [&](const PictureResult&) {
    if (camera.viewers() == 4) stop.request_stop();
  });
  const std::string lost = camera.address() + ": has ended, or the connection is lost; trying again in 0.01 s (1 of 1)";
  EXPECT_EQ(heard.notes, (Strings{lost, camera.address() + ": is back", lost, camera.address() + ": is back", lost,
                                  camera.address() + ": is back"}));
  EXPECT_EQ(heard.end, "");
  for (std::size_t i = 1; i < heard.frames.size(); ++i) {
    EXPECT_GT(heard.frames[i].frame.number, heard.frames[i - 1].frame.number) << "they are counted on";
    EXPECT_GT(heard.frames[i].frame.time, heard.frames[i - 1].frame.time);
  }
}

TEST(LiveSource, OneThatDoesNotComeBackIsGivenUp) {
  std::optional<LoopbackCamera> camera(std::in_place, LoopbackCamera::Script{.fps = 200});
  const std::string address = camera->address();
  VideoSource source(address, VideoSource::Kind::live, quick(2));
  const Heard heard = hear(source, {}, [&](const PictureResult& result) {
    if (result.frame.number >= 10) camera.reset();
  });
  ASSERT_EQ(heard.notes.size(), 2U);
  EXPECT_EQ(heard.notes[0], address + ": has ended, or the connection is lost; trying again in 0.01 s (1 of 2)");
  EXPECT_EQ(heard.end, address + ": can't be opened, also when tried again (2 in a row); it is given up");
}

TEST(LiveSource, OneThatStallsIsNoticedAtTheTimeout) {
  const LoopbackCamera camera({.fps = 500, .frames = 60, .stalls = true});
  VideoOptions options = quick(0);
  options.timeout = milliseconds(1000);
  const Heard heard = hear(camera.address(), options);
  EXPECT_GE(heard.frames.size(), 1U);
  EXPECT_EQ(heard.end, camera.address() + ": gave no frame for 1 s; it is given up");
}

TEST(LiveSource, OneThatTakesTheConnectionAndNeverAnswersIsNoticedAtTheTimeout) {
  const LoopbackCamera camera({.is_silent = true});
  VideoOptions options = quick(0);
  options.timeout = milliseconds(300);
  EXPECT_EQ(hear(camera.address(), options).end,
            camera.address() + ": does not answer within 0.3 s; check the address");
}

TEST(LiveSource, AStopRequestIsHeardWhileNobodyAnswers) {
  const LoopbackCamera camera({.is_silent = true});
  VideoSource source(camera.address(), VideoSource::Kind::live, quick(0));
  std::stop_source stop;
  auto heard = std::async(std::launch::async, [&] { return hear(source, stop.get_token()); });
  camera.wait_for_connection();
  stop.request_stop();
  EXPECT_EQ(heard.get().end, "");
  EXPECT_TRUE(testing::eventually([] { return readers_left_behind() == 0; })) << "it doesn't stand in OpenCV";
}

TEST(LiveSource, AStopRequestIsHeardWhileOpenCVStandsStill) {
  std::optional<LoopbackCamera> camera(std::in_place, LoopbackCamera::Script{.shows_nothing = true});
  const auto begun = std::chrono::steady_clock::now();
  {
    VideoSource source(camera->address(), VideoSource::Kind::live, quick(0));
    std::stop_source stop;
    auto heard = std::async(std::launch::async, [&] { return hear(source, stop.get_token()); });
    ASSERT_TRUE(testing::eventually([&] { return camera->viewers() == 1; }));
    stop.request_stop();
    EXPECT_EQ(heard.get().end, "");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(30)) << "the timeout is a minute";
  EXPECT_EQ(readers_left_behind(), 1U);
  camera.reset();
  EXPECT_TRUE(testing::eventually([] { return readers_left_behind() == 0; })) << "it ends when OpenCV returns";
}

}  // namespace
}  // namespace inferqueue::pipeline
