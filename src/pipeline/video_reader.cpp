#include "pipeline/video_reader.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <opencv2/core/mat.hpp>

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "base/file_names.hpp"
#include "base/user_error.hpp"
#include "pipeline/address_check.hpp"
#include "pipeline/capture.hpp"
#include "pipeline/decoder_messages.hpp"
#include "pipeline/source_names.hpp"

namespace inferqueue::pipeline {
namespace {

using base::Clock;
using std::chrono::milliseconds;
using Seconds = std::chrono::duration<double>;

constexpr milliseconds longest_wait{30'000};

/// True where the container says for sure how many frames there are; elsewhere the number is an estimate.
bool counts_frames(const std::string& source) {
  static constexpr std::array<std::string_view, 4> containers{".avi", ".mp4", ".mov", ".m4v"};
  return std::ranges::find(containers, base::lower_extension(source)) != containers.end();
}

/// What is wrong with a video that has been read to its end, or nothing.
std::string shortcoming(const std::string& source, const Capture& capture) {
  const std::size_t read = capture.decoded();
  if (read == 0) return "has no frame that can be decoded: is damaged";
  if (read >= capture.frames()) return {};
  // Where the number is an estimate the time must be short too.
  const double length = static_cast<double>(capture.frames()) / capture.fps();
  const double end = Seconds(capture.time()).count() + 1.5 / capture.fps();
  const bool ends_early = capture.fps() > 0 && end < 0.95 * length;
  if (!ends_early && !counts_frames(source)) return {};
  return fmt::format("only {} of {} frames can be read: is damaged or cut short; what could be read is used", read,
                     capture.frames());
}

/// Hears what decoders complain of, in threads of their own, while one reader reads. Thread rules: one thread.
class Listener {
 public:
  Listener() {
    ++begun;
    ++reading;
    first_ = begun.load();
    is_alone_ = reading.load() == 1;
  }
  ~Listener() { --reading; }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  Listener(Listener&&) = delete;
  Listener& operator=(Listener&&) = delete;

  /// What it says of this reader's video, or nothing.
  std::string heard(const Capture& capture) const {
    if (!capture.damage().empty()) return fmt::format("is damaged ({}); what can be decoded is used", capture.damage());
    const DecoderComplaints now = decoder_complaints();
    if (now.count == before_) return {};
    const bool is_alone = is_alone_ && begun.load() == first_;
    return fmt::format("{} ({}); what can be decoded is used",
                       is_alone ? "is damaged" : "is damaged, or another that is read at the same time", now.latest);
  }

 private:
  inline static base::Atomic<std::size_t> begun{0};
  inline static base::Atomic<std::size_t> reading{0};
  std::size_t before_ = decoder_complaints().count;
  std::size_t first_ = 0;
  bool is_alone_ = false;
};

/// One live source through all its connections.
class LiveReader {
 public:
  LiveReader(FrameMailbox& mail, const std::string& source, const VideoOptions& options)
      : mail_(mail), source_(source), name_(shown_name(source)), options_(options) {}

  void run() {
    const Listener others_know;  // that what they hear may be of this one
    milliseconds wait = options_.wait;
    for (std::size_t tries = 0; !mail_.is_stopped(); ++tries) {
      const std::size_t before = number_;
      const std::string why = read_until_it_fails();
      if (mail_.is_stopped()) break;
      if (number_ > before) {
        tries = 0;
        wait = options_.wait;
      }
      const std::size_t most = number_ > 0 ? options_.retries : std::min(options_.retries, options_.first_retries);
      if (tries == most) return give_up(why, tries);
      mail_.say(
          fmt::format("{}: {}; trying again in {:g} s ({} of {})", name_, why, Seconds(wait).count(), tries + 1, most));
      failed_ = true;
      if (!mail_.rest(wait)) break;
      wait = std::min(2 * wait, std::max(longest_wait, options_.wait));
    }
    mail_.end({});
  }

 private:
  /// Returns why. Where it was the wish of who stops, that doesn't matter.
  std::string read_until_it_fails() {
    if (is_address(source_) && !reacts(source_, options_.timeout, [&] { return mail_.is_stopped(); })) return silence();
    Clock::time_point heard = Clock::now();
    const auto patience = options_.timeout - options_.timeout / 10;
    Capture capture(source_, options_.timeout);
    if (!capture.is_open()) return Clock::now() - heard < patience ? "can't be opened" : silence();
    heard = Clock::now();
    while (!mail_.is_stopped() && capture.grab()) {
      heard = Clock::now();
      take(capture, heard);
    }
    return Clock::now() - heard < patience ? std::string("has ended, or the connection is lost")
                                           : fmt::format("gave no frame for {:g} s", limit());
  }

  void take(Capture& capture, Clock::time_point arrived) {
    if (number_++ == 0) begun_ = arrived;
    if (failed_) mail_.say(fmt::format("{}: is back", name_));
    failed_ = false;
    if (number_ % options_.stride != 0 || !capture.retrieve(picture_)) return;
    mail_.put(picture_,
              {.number = number_, .fps = capture.fps(), .time = arrived - begun_, .arrived = arrived, .live = true});
  }

  void give_up(const std::string& why, std::size_t tries) {
    const std::string what = number_ > 0          ? std::string("it is given up")
                             : is_camera(source_) ? fmt::format("is it there, and may you read /dev/video{}?", source_)
                                                  : std::string("check the address");
    mail_.end(tries == 0 ? fmt::format("{}: {}; {}", name_, why, what)
                         : fmt::format("{}: {}, also when tried again ({} in a row); {}", name_, why, tries, what));
  }

  std::string silence() const { return fmt::format("does not answer within {:g} s", limit()); }
  double limit() const { return Seconds(options_.timeout).count(); }

  FrameMailbox& mail_;
  const std::string& source_;
  std::string name_;
  const VideoOptions& options_;
  cv::Mat picture_;
  std::size_t number_ = 0;  // over all connections
  Clock::time_point begun_;
  bool failed_ = false;  // and is not back yet
};

}  // namespace

void read_video(FrameMailbox& mail, const std::string& source, const VideoOptions& options) {
  const std::string name = shown_name(source);
  if (is_address(source) && !reacts(source, options.timeout, [&] { return mail.is_stopped(); }))
    throw base::UserError(
        fmt::format("{}: does not answer within {:g} s; check the address", name, Seconds(options.timeout).count()));
  const Listener listener;
  Capture capture(source, options.timeout);
  if (!capture.is_open()) throw base::UserError(fmt::format("{}: can't be opened; check the address", name));
  cv::Mat picture;
  while (!mail.is_stopped() && capture.grab()) {
    if (capture.number() % options.stride != 0 || !capture.retrieve(picture)) continue;
    if (!mail.put(picture, {.number = capture.number(),
                            .of = capture.frames(),
                            .fps = capture.fps(),
                            .time = capture.time(),
                            .arrived = Clock::now()}))
      break;
  }
  const std::string heard = listener.heard(capture);
  const std::string wrong = mail.is_stopped() ? std::string() : shortcoming(source, capture);
  if (wrong.empty() && !heard.empty()) mail.say(fmt::format("{}: {}", name, heard));
  mail.end(wrong.empty() ? wrong : fmt::format("{}: {}", name, wrong));
}

void read_live(FrameMailbox& mail, const std::string& source, const VideoOptions& options) {
  LiveReader(mail, source, options).run();
}

}  // namespace inferqueue::pipeline
