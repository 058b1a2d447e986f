// The comparison measures every cell as often as it says; what it makes of the figures, on figures that are known.
#include "measure/comparison.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "machine/cpu_limits.hpp"
#include "measure/detection_work.hpp"
#include "measure/request_tensors.hpp"
#include "support/known_boxes.hpp"
#include "support/temp_folder.hpp"
#include "support/user_error.hpp"

namespace inferqueue::measure {
namespace {

class ComparisonTest : public ::testing::Test {
 protected:
  ComparisonTest() {
    options.rounds = 2;
    options.seconds = 1e-6;  // one picture, or two
    options.jobs = {3};
    pictures.push_back(testing::plain(10));
    pictures.push_back(testing::plain(20, 40, 30));
  }

  std::vector<Cell> run(std::stop_token stop = {}) {
    DetectionWork work(model, pictures, postprocess);
    return compare(core, work, options, [&](double share) { shares.push_back(share); }, stop).cells;
  }

  testing::TempFolder temp;
  ov::Core core;
  pipeline::DetectorModel model =
      pipeline::load_model(core, testing::save_known_boxes(temp / "model.xml"), std::nullopt);
  std::vector<cv::Mat> pictures;
  vision::PostprocessOptions postprocess;
  ComparisonOptions options;
  std::vector<double> shares;
};

TEST_F(ComparisonTest, EveryModeUnderEveryHintGetsASampleARound) {
  const auto cells = run();
  ASSERT_EQ(cells.size(), 6U);
  EXPECT_EQ(options.cells(), 6U);
  std::set<std::string> names;
  for (const Cell& cell : cells) {
    names.insert(std::string(to_string(cell.mode)) + " " + cell.hint);
    ASSERT_EQ(cell.samples.size(), 2U);
    for (const Sample& sample : cell.samples) {
      EXPECT_GE(sample.items, 1U);
      EXPECT_GT(sample.took.wall_s, 0);
      EXPECT_GE(sample.took.cpu_s, 0);
    }
    EXPECT_GT(cell.throughput().median, 0);
    EXPECT_GE(cell.cpu_s_per_item(), 0);
    EXPECT_GE(cell.cpu_utilization(), 0);
    EXPECT_EQ(cell.processors, machine::cpu_limits().cpus());
    EXPECT_EQ(cell.requests, cell.mode == Mode::sync ? 1U : cell.mode == Mode::two_requests ? 2U : 3U);
  }
  EXPECT_EQ(names, (std::set<std::string>{"queue LATENCY", "queue THROUGHPUT", "sync LATENCY", "sync THROUGHPUT",
                                          "two_requests LATENCY", "two_requests THROUGHPUT"}));
}

/// Inference alone is of a picture, not of whatever is in new memory: processors may be faster on zeros.
TEST_F(ComparisonTest, ANewRequestHoldsTheFirstPicture) {
  DetectionWork work(model, pictures, postprocess);
  pipeline::DeviceOptions device;
  device.precision = "f32";
  ov::CompiledModel compiled = work.compile(core, device);
  ov::InferRequest filled = compiled.create_infer_request();
  ov::InferRequest prepared = compiled.create_infer_request();
  work.reserve(1);
  work.fill(SingleInputs(filled));
  work.prepare(0, 0, SingleInputs(prepared));
  const ov::Tensor found = filled.get_input_tensor();
  const ov::Tensor wanted = prepared.get_input_tensor();
  const auto bytes = [](const ov::Tensor& tensor) {
    return std::vector<std::uint8_t>(tensor.data<const std::uint8_t>(),
                                     tensor.data<const std::uint8_t>() + tensor.get_size());
  };
  EXPECT_EQ(bytes(found), bytes(wanted));
  EXPECT_EQ(bytes(found).front(), 10) << "its red";
}

TEST_F(ComparisonTest, ProgressGrowsEvenlyToTheWhole) {
  options.rounds = 3;
  options.modes = {Mode::queue};
  run();
  ASSERT_EQ(shares.size(), 6U);
  for (std::size_t i = 0; i < shares.size(); ++i) EXPECT_DOUBLE_EQ(shares[i], static_cast<double>(i + 1) / 6);
}

TEST_F(ComparisonTest, InferenceAloneIsTheQueueWithoutPictures) {
  options.modes = {Mode::inference};
  options.hints = {"THROUGHPUT"};
  options.rounds = 1;
  const auto cells = run();
  ASSERT_EQ(cells.size(), 1U);
  EXPECT_EQ(cells[0].requests, 3U);
  EXPECT_GE(cells[0].samples.at(0).items, 1U);
}

TEST_F(ComparisonTest, OnlyWhatIsAskedForIsMeasured) {
  options.modes = {Mode::two_requests};
  options.hints = {"LATENCY"};
  options.rounds = 1;
  options.jobs = {0};
  const auto cells = run();
  ASSERT_EQ(cells.size(), 1U);
  EXPECT_EQ(cells[0].samples.size(), 1U);
  EXPECT_EQ(best_of(cells, Mode::queue), nullptr);
}

TEST_F(ComparisonTest, AStopRequestKeepsWholeRoundsOnly) {
  options.rounds = 1000;
  std::stop_source stop;
  DetectionWork work(model, pictures, postprocess);
  const Measured measured = compare(
      core, work, options,
      [&](double share) {
        if (share * 6000 > 14.5) stop.request_stop();  // in the third round
      },
      stop.get_token());
  EXPECT_EQ(measured.rounds, 2U);
  ASSERT_EQ(measured.cells.size(), 6U);
  for (const Cell& cell : measured.cells) {
    ASSERT_EQ(cell.samples.size(), 2U);
    EXPECT_EQ(cell.recording->latency().count(), cell.samples[0].items + cell.samples[1].items)
        << "nothing of the third round is among the latencies";
  }
}

TEST_F(ComparisonTest, OfTheFirstRoundAStopRequestKeepsWhatThereIs) {
  std::stop_source stop;
  DetectionWork work(model, pictures, postprocess);
  const Measured measured = compare(
      core, work, options,
      [&](double share) {
        if (share * 12 > 1.5) stop.request_stop();  // after the second cell
      },
      stop.get_token());
  ASSERT_EQ(measured.cells.size(), 2U);
  for (const Cell& cell : measured.cells) EXPECT_EQ(cell.samples.size(), 1U);
}

TEST_F(ComparisonTest, AStopRequestBeforeTheFirstRoundLeavesNothing) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(run(stop.get_token()).empty());
}

TEST_F(ComparisonTest, AStopRequestWhileTheModelIsCompiledLeavesTheRestOut) {
  std::stop_source stop;
  stop.request_stop();
  DetectionWork work(model, pictures, postprocess);
  EXPECT_TRUE(compare(core, work, options, [](double) {}, stop.get_token()).preparations.empty());
}

TEST_F(ComparisonTest, TheMostRequestsAreSharedByTheRounds) {
  options.modes = {Mode::sync};
  options.hints = {"LATENCY"};
  options.seconds = 600;
  options.rounds = 3;
  options.most_requests = 8;
  const auto cells = run();
  ASSERT_EQ(cells.at(0).samples.size(), 3U);
  EXPECT_EQ(cells[0].samples[0].items, 3U);
  EXPECT_EQ(cells[0].samples[1].items, 3U);
  EXPECT_EQ(cells[0].samples[2].items, 2U);
}

TEST_F(ComparisonTest, EachNumberOfRequestsAndEachRateIsACell) {
  options.modes = {Mode::queue};
  options.hints = {"THROUGHPUT"};
  options.jobs = {1, 2};
  options.rates = {1000, 2000};
  const auto cells = run();
  ASSERT_EQ(cells.size(), 4U);
  EXPECT_EQ(options.cells(), 4U);
  EXPECT_EQ(cells[0].requests, 1U);
  EXPECT_EQ(cells[1].rate, 2000);
  EXPECT_EQ(cells[3].requests, 2U);
}

TEST_F(ComparisonTest, ADeviceThatIsNotThereIsNamed) {
  options.device.device = "NPU7";
  EXPECT_TRUE(testing::user_error_of([&] { run(); }).starts_with("device 'NPU7': there is no such device"));
}

Cell cell_of(Mode mode, const std::string& hint, const std::vector<double>& items_per_s) {
  Cell cell;
  cell.mode = mode;
  cell.hint = hint;
  for (const double rate : items_per_s)
    cell.samples.push_back({.items = 100,
                            .failures = 0,
                            .unsent = 0,
                            .throttled_s = 0,
                            .others_cpu_s = 3,
                            .took = {.wall_s = 100 / rate, .cpu_s = 2}});
  return cell;
}

TEST(Comparison, AGainIsTakenRoundByRound) {
  const Cell base = cell_of(Mode::sync, "LATENCY", {100, 50, 100, 80, 20});
  const Gain gain = compare_rates(cell_of(Mode::queue, "LATENCY", {120, 55, 130, 100, 25}), base).value();
  EXPECT_NEAR(gain.ratio.median, 1.25, 1e-9);
  EXPECT_TRUE(gain.beyond_noise);
  EXPECT_FALSE(compare_rates(base, base).value().beyond_noise);
  Cell failed = base;
  failed.samples[2].items = 0;
  EXPECT_FALSE(compare_rates(base, failed)) << "there is no ratio to nothing";
  EXPECT_FALSE(compare_rates(failed, base));
}

TEST(Comparison, TheBestOfAModeIsByItsMedian) {
  const std::vector<Cell> cells{cell_of(Mode::queue, "LATENCY", {100, 1, 100}),
                                cell_of(Mode::queue, "THROUGHPUT", {99, 99, 5000}),
                                cell_of(Mode::sync, "LATENCY", {1000, 1000, 1000})};
  EXPECT_EQ(best_of(cells, Mode::queue), &cells[0]);
  EXPECT_EQ(best_of(cells, Mode::sync), &cells[2]);
  EXPECT_EQ(best_of(cells, Mode::two_requests), nullptr);
  EXPECT_EQ(find(cells, Mode::queue, "THROUGHPUT"), &cells[1]);
  EXPECT_EQ(find(cells, Mode::sync, "THROUGHPUT"), nullptr);
}

TEST(Comparison, ProcessorTimeIsSharedByThePictures) {
  EXPECT_DOUBLE_EQ(cell_of(Mode::sync, "LATENCY", {10, 20}).cpu_s_per_item(), 0.02);
  Cell cell = cell_of(Mode::sync, "LATENCY", {10});
  cell.processors = 1.5;  // a quota
  EXPECT_DOUBLE_EQ(cell.cpu_utilization(), 2.0 / 10 / 1.5);
}

TEST(Comparison, WhatOthersTookIsOfTheProcessorsThatTheProcessMayRunOn) {
  Cell cell = cell_of(Mode::sync, "LATENCY", {50, 25});  // 2 s and 4 s, 3 s of processor time to others in each
  cell.usable = 2;
  cell.processors = 0.5;  // a quota doesn't bind others
  EXPECT_DOUBLE_EQ(cell.others_utilization().value(), 6.0 / 6 / 2);
  cell.samples[1].others_cpu_s.reset();
  EXPECT_FALSE(cell.others_utilization());
  EXPECT_FALSE(cell_of(Mode::sync, "LATENCY", {1000}).others_utilization()) << "too short for steps of 10 ms";
}

}  // namespace
}  // namespace inferqueue::measure
