// Between the thread that reads and the one that feeds: nothing is lost where all is kept, and nothing waits where the
// latest is.
#include "pipeline/frame_mailbox.hpp"

#include <chrono>
#include <cstddef>
#include <future>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include <gtest/gtest.h>

namespace inferqueue::pipeline {
namespace {

using Keep = FrameMailbox::Keep;
using std::chrono::hours;
using std::chrono::milliseconds;

bool put(FrameMailbox& mail, std::size_t number) {
  cv::Mat picture(8, 8, CV_8UC3);
  return mail.put(picture, {.number = number});
}

/// "frame 3", "note text", "end text".
std::string next_of(FrameMailbox& mail, const std::stop_token& stop = {}) {
  PictureResult result;
  const Step step = mail.wait(result, stop);
  if (step.kind == Step::Kind::frame) return "frame " + std::to_string(result.frame.number);
  return (step.kind == Step::Kind::note ? "note " : "end ") + step.text;
}

TEST(FrameMailbox, KeepsAllAndWaitsForRoom) {
  FrameMailbox mail(Keep::all);
  constexpr std::size_t count = 2000;
  const std::jthread reader([&] {
    for (std::size_t i = 1; i <= count; ++i) EXPECT_TRUE(put(mail, i));
    mail.end("over");
  });
  for (std::size_t i = 1; i <= count; ++i) ASSERT_EQ(next_of(mail), "frame " + std::to_string(i));
  EXPECT_EQ(next_of(mail), "end over");
}

TEST(FrameMailbox, KeepsTheLatestAndNeverWaits) {
  FrameMailbox mail(Keep::latest);
  for (std::size_t i = 1; i <= 1000; ++i) EXPECT_TRUE(put(mail, i));  // would stand still where all are kept
  EXPECT_EQ(next_of(mail), "frame 1000");
  put(mail, 1001);
  mail.end({});
  EXPECT_EQ(next_of(mail), "frame 1001");
  EXPECT_EQ(next_of(mail), "end ");
}

TEST(FrameMailbox, AFrameIsExchangedForALaterOne) {
  FrameMailbox mail(Keep::latest);
  put(mail, 1);
  PictureResult result;
  EXPECT_EQ(mail.wait(result, {}).kind, Step::Kind::frame);
  mail.exchange(result);
  EXPECT_EQ(result.frame.number, 1U) << "there is no later one";
  put(mail, 2);
  put(mail, 3);
  mail.exchange(result);
  EXPECT_EQ(result.frame.number, 3U);
}

TEST(FrameMailbox, NotesComeFirst) {
  FrameMailbox mail(Keep::all);
  put(mail, 1);
  mail.say("a");
  mail.say("b");
  mail.end("c");
  for (const char* wanted : {"note a", "note b", "frame 1", "end c"}) EXPECT_EQ(next_of(mail), wanted);
}

TEST(FrameMailbox, StopWakesTheReaderWhereverItWaits) {
  FrameMailbox full(Keep::all);
  for (std::size_t i = 1; i <= 2; ++i) EXPECT_TRUE(put(full, i));
  auto putting = std::async(std::launch::async, [&] { return put(full, 3); });
  auto resting = std::async(std::launch::async, [&] { return full.rest(hours(1)); });
  full.stop();
  EXPECT_FALSE(putting.get());
  EXPECT_FALSE(resting.get());
  EXPECT_TRUE(full.is_stopped());
  EXPECT_FALSE(put(full, 4));
}

TEST(FrameMailbox, AStopRequestWakesTheFeeder) {
  FrameMailbox mail(Keep::latest);
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] { return next_of(mail, stop.get_token()); });
  stop.request_stop();
  EXPECT_EQ(waiting.get(), "end ");
  put(mail, 1);
  EXPECT_EQ(next_of(mail, stop.get_token()), "end ") << "also where there is a frame";
}

TEST(FrameMailbox, WhetherTheReaderHasLeftIsKnown) {
  FrameMailbox mail(Keep::all);
  mail.stop();
  EXPECT_FALSE(mail.wait_until_left(milliseconds(1)));
  auto waiting = std::async(std::launch::async, [&] { return mail.wait_until_left(hours(1)); });
  mail.leave();
  EXPECT_TRUE(waiting.get());
}

TEST(FrameMailbox, UsesThePicturesMemoryAgain) {
  for (const Keep keep : {Keep::all, Keep::latest}) {
    FrameMailbox mail(keep);
    cv::Mat picture;
    PictureResult result;
    std::set<const unsigned char*> memory;
    for (std::size_t i = 1; i <= 100; ++i) {
      picture.create(8, 8, CV_8UC3);
      memory.insert(picture.data);
      mail.put(picture, {.number = i});
      mail.wait(result, {});
    }
    EXPECT_LE(memory.size(), 4U) << "the reader's, those in the mailbox, and the one that was taken";
  }
}

}  // namespace
}  // namespace inferqueue::pipeline
