// Once as many frames are under way as ever will be, none needs memory any more but what the runtime takes for itself.
// A program of its own, because scarce_memory.cpp replaces operator new.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/engine.hpp"
#include "core/scarce_memory.hpp"
#include "pipeline/f32_options.hpp"
#include "pipeline/ordered_results.hpp"
#include "pipeline/pipeline.hpp"
#include "support/fake_backend.hpp"
#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "vision/heads/yolov5.hpp"
#include "vision/letterbox.hpp"
#include "vision/postprocess.hpp"

namespace inferqueue::pipeline {
namespace {

using testing::Allocations;
using testing::FakeBackend;
using testing::FakeRecord;

constexpr std::size_t jobs = 2;

// ---- on the fake backend --------------------------------------------------------------------------------------------

constexpr std::size_t classes = 3;

/// Two objects, of which one is found twice.
std::vector<float> some_output() {
  std::vector<float> rows;
  for (const float x : {20.F, 21.F, 45.F}) rows.insert(rows.end(), {x, 30, 12, 20, 0.9F, 0.1F, 0.8F, 0.2F});
  return rows;
}

/// The pipeline's steps in its order, with an engine whose inferences take no time and find the same.
class FakePipeline {
 public:
  explicit FakePipeline(std::size_t frames) : results_(bounds_) {
    auto owned = std::make_unique<FakeBackend>(jobs);
    owned->complete_on_threads(2);
    owned->reserve_starts(frames);
    engine_ = std::make_unique<core::Engine>(std::move(owned), QueueOptions{});
    for (std::size_t i = 0; i < frames; ++i) {  // made by whoever submits, and not by what is counted
      records_.push_back(base::make_ref<FakeRecord>());
      records_.back()->handler = std::make_shared<Decode>(*this);
    }
    delivery_ = std::jthread([this] { deliver(); });
  }
  FakePipeline(const FakePipeline&) = delete;
  FakePipeline& operator=(const FakePipeline&) = delete;
  FakePipeline(FakePipeline&&) = delete;
  FakePipeline& operator=(FakePipeline&&) = delete;
  ~FakePipeline() { results_.end(0, {}); }

  /// Feeds so many frames; returns when all have been delivered.
  void run(std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i) feed();
    while (delivered_ < fed_ || engine_->statistics().unfinished > 0) std::this_thread::yield();
  }
  /// A thread waits for a slot, whatever the others do later.
  void have_one_wait() {
    const core::SlotId first = engine_->acquire();
    const core::SlotId second = engine_->acquire();
    const std::jthread waits([this] { engine_->release(engine_->acquire()); });
    while (engine_->report().waiting == 0) std::this_thread::yield();
    engine_->release(first);
    engine_->release(second);
  }
  std::size_t detections() const { return detections_; }

 private:
  struct Decode final : core::Handler {
    explicit Decode(FakePipeline& its) : pipeline(its) {}
    void on_value(core::Record& record) const override { pipeline.decode(record); }
    bool on_error(core::Record& /*record*/) const override { return false; }
    FakePipeline& pipeline;
  };

  void feed() {
    picture_.copyTo(frame_.picture);
    results_.wait_for_room(0);
    const core::SlotId slot = engine_->acquire({.stop = stop_.get_token()});
    const std::size_t index = results_.reserve(0);
    PictureResult& result = results_.at(0, index);
    std::swap(result, frame_);
    frame_.begin_anew();
    result.geometry = letterbox_.apply(result.picture, inputs_[slot], network_);
    base::Ref<FakeRecord> record = std::move(records_[fed_++]);
    record->user_data = index;
    engine_->start(slot, std::move(record));
  }
  void decode(core::Record& record) {
    const auto index = record.user_data.as<std::size_t>();
    PictureResult& result = results_.at(0, index);
    const vision::Output output = std::span<const float>(output_);
    postprocess_[record.slot].apply(head_, vision::Outputs(&output, 1), result.geometry, {}, result.detections);
    results_.finish(0, index);
  }
  void deliver() {
    PictureResult result;
    while (const auto delivery = results_.take(result)) {
      if (delivery->kind != Delivery::Kind::result) continue;
      detections_ += result.detections.size();
      ++delivered_;
    }
  }

  const vision::Size network_{64, 64};
  const cv::Mat picture_ = testing::plain(100, 128, 96);
  const std::vector<float> output_ = some_output();
  const vision::Yolov5Head head_{classes};
  const std::vector<std::size_t> bounds_{2 * jobs + 4};
  OrderedResults results_;
  std::vector<vision::Postprocess> postprocess_{jobs};
  std::vector<std::vector<std::uint8_t>> inputs_{jobs, std::vector<std::uint8_t>(std::size_t{3} * 64 * 64)};
  vision::Letterbox letterbox_;
  PictureResult frame_;
  std::stop_source stop_;
  std::vector<base::Ref<FakeRecord>> records_;
  std::size_t fed_ = 0;
  std::atomic<std::size_t> delivered_ = 0;
  std::atomic<std::size_t> detections_ = 0;
  std::jthread delivery_;
  std::unique_ptr<core::Engine> engine_;  // gone before what its callbacks use
};

TEST(FrameAllocations, NoneOfOursFromTheSourceToTheSink) {
  constexpr std::size_t warm_up = 100;
  constexpr std::size_t counted = 500;
  FakePipeline pipeline(warm_up + counted);
  pipeline.have_one_wait();
  pipeline.run(warm_up);
  const Allocations since;
  pipeline.run(counted);
  EXPECT_EQ(since.count(), 0U);
  EXPECT_EQ(pipeline.detections(), 2 * (warm_up + counted)) << "each frame has gone all the way";
}

// ---- on the real runtime --------------------------------------------------------------------------------------------

constexpr std::size_t warm_up_frames = 30;
constexpr std::size_t span_frames = 30;
constexpr std::size_t spans = 3;
constexpr std::size_t all_frames = warm_up_frames + spans * span_frames;

/// Of a submission, besides what the runtime takes: the record that says what becomes of it, which a user may keep.
constexpr std::size_t records_a_frame = 1;

/// The fewest allocations of several spans of as many frames: what grows once in a while, as lists in the runtime do,
/// isn't in all of them. What each frame needs is.
class Fewest {
 public:
  /// To be called between two spans, before the first and after the last, while nothing is under way.
  void next_span() {
    if (since_) count = std::min(count, since_->count());
    since_.emplace();
  }
  std::size_t count = std::numeric_limits<std::size_t>::max();

 private:
  std::optional<Allocations> since_;
};

class CountingSink final : public FrameSink {
 public:
  void take(PictureResult& result) override {
    EXPECT_EQ(result.error, "");
    detections += result.detections.size();
    ++delivered;
  }
  void note(std::size_t /*source*/, const std::string& text) override { ADD_FAILURE() << text; }
  void end(std::size_t /*source*/, const std::string& failure) override { EXPECT_EQ(failure, ""); }

  std::size_t detections = 0;
  std::atomic<std::size_t> delivered = 0;
};

/// The same picture again and again. After each span it waits until nothing is under way.
class SamePicture final : public FrameSource {
 public:
  SamePicture(const AsyncInferQueue& queue, const CountingSink& sink) : queue_(queue), sink_(sink) {}

  Step next(PictureResult& result, const std::stop_token& /*stop*/) override {
    if (given_ >= warm_up_frames && (given_ - warm_up_frames) % span_frames == 0) {
      while (sink_.delivered < given_ || queue_.statistics().unfinished > 0) std::this_thread::yield();
      allocations.next_span();
    }
    if (given_ == all_frames) return {.kind = Step::Kind::end};
    result.source = name_;
    picture_.copyTo(result.picture);
    ++given_;
    return {.kind = Step::Kind::frame};
  }

  Fewest allocations;

 private:
  const AsyncInferQueue& queue_;
  const CountingSink& sink_;
  const std::filesystem::path name_ = "a picture in memory.png";
  const cv::Mat picture_ = testing::plain(100, 128, 96);
  std::size_t given_ = 0;
};

/// Of as many bare inferences: the plainest use of as many infer requests, each of which hears of its completion by a
/// callback.
std::size_t allocations_of_bare_inference(ov::CompiledModel compiled) {
  std::vector<ov::InferRequest> requests;
  for (std::size_t i = 0; i < jobs; ++i) requests.push_back(compiled.create_infer_request());
  const std::size_t outputs = compiled.outputs().size();
  const auto read = [&](ov::InferRequest& request) {
    request.wait();
    for (std::size_t k = 0; k < outputs; ++k) static_cast<void>(request.get_output_tensor(k));
  };
  const auto infer = [&](std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i) {
      ov::InferRequest& request = requests[i % jobs];
      if (i >= jobs) read(request);
      request.set_callback([](const std::exception_ptr&) {});
      request.start_async();
    }
    for (ov::InferRequest& request : requests) read(request);
  };
  infer(warm_up_frames);
  Fewest allocations;
  allocations.next_span();
  for (std::size_t span = 0; span < spans; ++span) {
    infer(span_frames);
    allocations.next_span();
  }
  return allocations.count;
}

class RuntimeAllocations : public ::testing::TestWithParam<const char*> {
 protected:
  DetectorModel load() {
    const std::string name = GetParam();
    return load_model(core, name.empty() ? testing::save_known_boxes(temp / "model.xml") : std::filesystem::path(name),
                      std::nullopt);
  }

  testing::TempFolder temp;
  ov::Core core;
};

TEST_P(RuntimeAllocations, OfAFrameAreThoseOfBareInferenceAndItsRecord) {
  const DetectorModel model = load();
  DeviceOptions options = f32();
  options.streams = 1;  // of several the runtime takes now one and now another, each with memory of its own
  const ov::CompiledModel compiled = compile(core, model, options);
  const std::size_t bare = allocations_of_bare_inference(compiled);
  ASSERT_GT(bare, 0U) << "the runtime's own are counted";

  AsyncInferQueue queue(compiled, jobs);
  CountingSink sink;
  auto source = std::make_unique<SamePicture>(queue, sink);
  const SamePicture& same = *source;
  std::vector<std::unique_ptr<FrameSource>> sources;
  sources.push_back(std::move(source));
  detect_frames(model, queue, sources, {}, sink);
  EXPECT_EQ(sink.delivered, all_frames);
  EXPECT_LE(same.allocations.count, bare + records_a_frame * span_frames);
}

INSTANTIATE_TEST_SUITE_P(Models, RuntimeAllocations, ::testing::Values("", "builtin:yolov5n"),
                         [](const auto& named) { return *named.param == '\0' ? "KnownBoxes" : "Yolov5n"; });

}  // namespace
}  // namespace inferqueue::pipeline
