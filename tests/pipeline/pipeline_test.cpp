// Pictures through the whole pipeline, on a model whose boxes are known.
#include "pipeline/pipeline.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "pipeline/f32_options.hpp"
#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;
using testing::expect_detections;
using testing::known_detections;
using testing::KnownBoxes;
using testing::plain;
using testing::red_of;
using testing::save_known_boxes;
using testing::TempFolder;
using testing::user_error_of;
using testing::write;
using testing::write_many;

class PipelineTest : public ::testing::Test {
 protected:
  /// Runs the pipeline on a queue of so many requests; the results in the order of their delivery.
  std::vector<PictureResult> detect(const std::vector<fs::path>& pictures, const PipelineOptions& options = {},
                                    const KnownBoxes& variant = {}, std::size_t jobs = 3) {
    const DetectorModel model = load_model(core, save_known_boxes(temp / "model.xml", variant), size);
    AsyncInferQueue queue(compile(core, model, device), jobs);
    std::vector<PictureResult> results;
    detect_pictures(model, queue, pictures, options,
                    [&](PictureResult result) { results.push_back(std::move(result)); });
    return results;
  }

  TempFolder temp;
  ov::Core core;
  DeviceOptions device = f32();
  std::optional<vision::Size> size;
};

TEST_F(PipelineTest, FindsWhatIsThere) {
  const auto results = detect({write(temp / "a b.png", plain(255))});
  ASSERT_EQ(results.size(), 1U);
  const PictureResult& result = results.front();
  EXPECT_EQ(result.index, 0U);
  EXPECT_EQ(result.source, temp / "a b.png");
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.geometry.source, (vision::Size{64, 64}));
  EXPECT_EQ(result.picture.size(), cv::Size(64, 64));
  EXPECT_GT(result.latency.count(), 0);
  expect_detections(result.detections, known_detections(255));
}

TEST_F(PipelineTest, GivesManyPicturesInOrder) {
  const auto pictures = write_many(temp / "many", 200);
  for (const std::size_t jobs : {1U, 2U, 5U}) {
    const auto results = detect(pictures, {}, {}, jobs);
    ASSERT_EQ(results.size(), pictures.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      SCOPED_TRACE(pictures[i].string());
      EXPECT_EQ(results[i].index, i);
      EXPECT_EQ(results[i].source, pictures[i]);
      expect_detections(results[i].detections, known_detections(red_of(i)));
    }
  }
}

TEST_F(PipelineTest, CarriesBoxesBackToPicturesOfOtherSizes) {
  // 128 by 64 in 64 by 64: half as large, 16 of grey above and below.
  const auto results = detect({write(temp / "wide.png", plain(0, 128, 64))});
  ASSERT_EQ(results.size(), 1U);
  expect_detections(results[0].detections, {{.box = {48, 0, 80, 64}, .score = 0.9F, .class_id = 1},
                                            {.box = {8, 0, 24, 8}, .score = 0.5F, .class_id = 0},
                                            {.box = {80, 56, 120, 64}, .score = 0.3F, .class_id = 2}});
}

TEST_F(PipelineTest, EveryVariantOfTheModelFindsTheSame) {
  const fs::path picture = write(temp / "a.png", plain(128));
  const std::vector<KnownBoxes> variants{
      {.input = {-1, 3, -1, -1}},
      {.input = ov::PartialShape::dynamic()},
      {.input_type = ov::element::f16, .output_type = ov::element::f16},
      {.output_among_others = true},
      {.output_type = ov::element::f16, .output_among_others = true},
  };
  for (const KnownBoxes& variant : variants) {
    SCOPED_TRACE(&variant - variants.data());
    size = variant.input.is_dynamic() ? std::optional(vision::Size{64, 64}) : std::nullopt;
    const auto results = detect({picture}, {}, variant);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results[0].error, "");
    expect_detections(results[0].detections, known_detections(128), 0.1F);  // f16 has 11 bits
  }
}

TEST_F(PipelineTest, FollowsTheOptionsOfThePostprocess) {
  const fs::path picture = write(temp / "a.png", plain(0));
  const auto all = known_detections(0);
  const auto found = [&](const vision::PostprocessOptions& options) {
    return detect({picture}, {.postprocess = options}).at(0).detections;
  };
  expect_detections(found({.conf = 0.4F}), {all[0], all[1]});
  EXPECT_EQ(found({.conf = 0.1F}).size(), 4U);
  expect_detections(found({.max_det = 1}), {all[0]});
  expect_detections(found({.classes = {2, 0}}), {all[1], all[2]});
}

TEST_F(PipelineTest, DoesNotKeepPicturesThatNobodyDraws) {
  const auto results = detect(write_many(temp / "many", 3), {.postprocess = {}, .keep_pictures = false});
  for (const PictureResult& result : results) {
    EXPECT_TRUE(result.picture.empty());
    EXPECT_EQ(result.geometry.source, (vision::Size{64, 64}));
    EXPECT_EQ(result.detections.size(), 3U);
  }
}

TEST_F(PipelineTest, PicturesThatCanNotBeReadKeepTheirPlace) {
  std::vector<fs::path> pictures = write_many(temp / "many", 6);
  pictures[0] = temp.file("empty.png");
  pictures[2] = temp / "missing.png";
  pictures[3] = temp.file("text.png", "no picture");
  pictures[5] = temp.folder("folder.png");
  const auto results = detect(pictures);
  ASSERT_EQ(results.size(), pictures.size());
  const auto error = [&](std::size_t i) { return pictures[i].string() + ": "; };
  EXPECT_EQ(results[0].error, error(0) + "is empty");
  EXPECT_EQ(results[2].error, error(2) + "can't be read: No such file or directory");
  EXPECT_EQ(results[3].error, error(3) + "is no picture that can be decoded, or is damaged");
  EXPECT_EQ(results[5].error, error(5) + "is a folder");
  for (const std::size_t i : {1U, 4U}) expect_detections(results[i].detections, known_detections(red_of(i)));
  for (const std::size_t i : {0U, 2U, 3U, 5U}) {
    EXPECT_EQ(results[i].index, i);
    EXPECT_EQ(results[i].source, pictures[i]);
    EXPECT_EQ(results[i].detections.size(), 0U);
  }
}

TEST_F(PipelineTest, ErrorsNameFilesWhateverTheirNames) {
  fs::current_path(temp.path());
  for (const std::string name : {"Exception from x.png", "Check 'this.png", "  .png", "a\nb.png", "caf\xE9.png"}) {
    temp.file(name);
    EXPECT_EQ(detect({name}).at(0).error, name + ": is empty");
  }
  fs::current_path("/");
}

TEST_F(PipelineTest, NoPicturesAreNoWork) {
  EXPECT_EQ(detect({}).size(), 0U);
}

TEST_F(PipelineTest, DeliversOnAThreadOfItsOwn) {
  const DetectorModel model = load_model(core, save_known_boxes(temp / "model.xml"), std::nullopt);
  AsyncInferQueue queue(compile(core, model, device), 2);
  std::set<std::thread::id> threads;
  detect_pictures(model, queue, write_many(temp / "many", 20), {},
                  [&](PictureResult) { threads.insert(std::this_thread::get_id()); });
  EXPECT_EQ(threads.size(), 1U);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0U);
}

TEST_F(PipelineTest, TheQueueCanBeUsedAgain) {
  const auto pictures = write_many(temp / "many", 10);
  const DetectorModel model = load_model(core, save_known_boxes(temp / "model.xml"), std::nullopt);
  AsyncInferQueue queue(compile(core, model, device), 2);
  for (int round = 0; round < 5; ++round) {
    std::size_t delivered = 0;
    detect_pictures(model, queue, pictures, {}, [&](const PictureResult& result) {
      EXPECT_EQ(result.index, delivered++);
      EXPECT_EQ(result.error, "");
    });
    EXPECT_EQ(delivered, pictures.size());
  }
}

TEST_F(PipelineTest, CompileNamesWhatIsWrong) {
  const DetectorModel model = load_model(core, save_known_boxes(temp / "model.xml"), std::nullopt);
  const auto error_with = [&](const auto& change) {
    DeviceOptions options;
    change(options);
    return user_error_of([&] { compile(core, model, options); });
  };
  const std::string no_device = error_with([](auto& options) { options.device = "NPU7"; });
  EXPECT_TRUE(no_device.starts_with("device 'NPU7': there is no such device here; those here: ")) << no_device;
  const std::string no_hint = error_with([](auto& options) { options.hint = "fast"; });
  EXPECT_TRUE(no_hint.starts_with("hint 'fast': unknown; use latency, ")) << no_hint;
  EXPECT_EQ(error_with([](auto& options) { options.streams = 0; }), "--nstreams 0: give 1 to 1024");
  EXPECT_EQ(error_with([](auto& options) { options.streams = 1025; }), "--nstreams 1025: give 1 to 1024");
  EXPECT_EQ(error_with([](auto& options) { options.precision = "int8"; }),
            "--precision 'int8': unknown; use f32, f16 or bf16");
  const std::string no_cache = error_with([](auto& options) { options.cache_dir = "/proc/none"; });
  EXPECT_TRUE(no_cache.starts_with("device 'CPU': can't compile ")) << no_cache;
  EXPECT_EQ(error_with([&](auto& options) {
              options.streams = 1;
              options.precision = "f32";
              options.cache_dir = temp / "cache";
            }),
            "no error");
  EXPECT_FALSE(fs::is_empty(temp / "cache"));
}

TEST(CheckedJobs, AreNoneToTheMost) {
  EXPECT_EQ(checked_jobs(0), 0U);
  EXPECT_EQ(checked_jobs(QueueOptions::max_jobs), QueueOptions::max_jobs);
  for (const long long jobs : {-1LL, 4097LL, 9223372036854775807LL, -9223372036854775807LL})
    EXPECT_EQ(user_error_of([&] { checked_jobs(jobs); }),
              "--nireq " + std::to_string(jobs) + ": give 0 (the device's choice) to 4096");
}

}  // namespace
}  // namespace inferqueue::pipeline
