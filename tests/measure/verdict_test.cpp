// What limits the throughput: on figures that are known, and where the real runtime is brought to it.
#include "measure/verdict.hpp"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "measure/inference_work.hpp"
#include "measure/layers.hpp"
#include "measure/sweep.hpp"
#include "support/device.hpp"

namespace inferqueue::measure {
namespace {

using Kind = Verdict::Kind;

/// A device of two streams at its limit: 4 requests, all with it.
Figures at_the_limit() {
  return {.mode = Mode::queue,
          .requests_per_s = 100,
          .requests = 4,
          .streams = 2,
          .wait_s = 0.0099,
          .prepare_s = 0.0001,
          .service_s = 0.039,
          .callback_s = 0.0001,
          .cpu_utilization = 0.98,
          .throttled_share = 0,
          .is_device_the_cpu = true};
}

TEST(Verdict, EachLimitHasFiguresThatShowIt) {
  Figures figures = at_the_limit();
  EXPECT_EQ(judge(figures).kind, Kind::device_limit);
  EXPECT_NE(judge(figures).text.find("3.9 of 4 requests"), std::string::npos) << judge(figures).text;

  figures.throttled_share = 0.3;
  EXPECT_EQ(judge(figures).kind, Kind::quota_throttled);
  EXPECT_NE(judge(figures).text.find("30 % of the time"), std::string::npos) << judge(figures).text;

  figures = at_the_limit();
  figures.callback_s = 0.009;
  EXPECT_EQ(judge(figures).kind, Kind::callback_slow);
  EXPECT_NE(judge(figures).text.find("9000 µs"), std::string::npos) << judge(figures).text;

  figures = at_the_limit();
  figures.wait_s = 0;
  figures.prepare_s = 0.0099;
  figures.service_s = 0.01;
  EXPECT_EQ(judge(figures).kind, Kind::submitter_starved);
  EXPECT_NE(judge(figures).text.find("99 %"), std::string::npos) << judge(figures).text;

  figures = at_the_limit();
  figures.requests = 1;
  figures.service_s = 0.0095;
  EXPECT_EQ(judge(figures).kind, Kind::too_few_requests);
  figures.requests = 2;
  figures.service_s = 0.0195;
  EXPECT_EQ(judge(figures).kind, Kind::device_limit) << "as many as streams, and the processors are busy";
  figures.cpu_utilization = 0.6;
  EXPECT_EQ(judge(figures).kind, Kind::too_few_requests);
  EXPECT_NE(judge(figures).text.find("of 2 1.9 are with the device at a time, which has 2 streams"), std::string::npos)
      << judge(figures).text;
  figures.others_utilization = 0.37;
  EXPECT_EQ(judge(figures).kind, Kind::device_limit) << "no processor is idle";
  EXPECT_NE(judge(figures).text.find("60 % of the time, and for 37 % with other programs."), std::string::npos)
      << judge(figures).text;
  figures.is_device_the_cpu = false;
  EXPECT_EQ(judge(figures).kind, Kind::device_limit) << "idle processors say nothing of a GPU";
}

TEST(Verdict, ADeviceThatIsIdleWhileSlotsAreHandedOverHasTooFewRequests) {
  Figures figures = at_the_limit();
  figures.requests = 1;
  figures.streams = 1;
  figures.service_s = 0.007;
  EXPECT_EQ(judge(figures).kind, Kind::too_few_requests);
  EXPECT_NE(judge(figures).text.find("of 1 0.7 are with the device"), std::string::npos) << judge(figures).text;
  figures.service_s = 0.0099;
  EXPECT_EQ(judge(figures).kind, Kind::device_limit);
}

TEST(Verdict, WhereThereIsNoQueueTheRemedyIsOne) {
  Figures figures = at_the_limit();
  figures.mode = Mode::sync;
  figures.requests = 1;
  figures.wait_s = 0;
  figures.service_s = 0.0099;
  EXPECT_EQ(judge(figures).kind, Kind::too_few_requests);
  figures.callback_s = 0.006;
  EXPECT_EQ(judge(figures).kind, Kind::callback_slow);
  figures = at_the_limit();
  figures.mode = Mode::two_requests;
  figures.wait_s = 0;
  figures.prepare_s = 0.006;
  figures.service_s = 0.01;
  EXPECT_EQ(judge(figures).kind, Kind::submitter_starved);
  for (const double callback_s : {0.0001, 0.006})
    for (const double service_s : {0.01, 0.04}) {
      figures.callback_s = callback_s;
      figures.service_s = service_s;
      figures.requests = service_s > 0.02 ? 1 : 2;
      const std::string text = judge(figures).text;
      EXPECT_NE(text.find("queue"), std::string::npos) << text;
      for (const char* option : {"--nireq", "several threads", "callback threads"})
        EXPECT_EQ(text.find(option), std::string::npos) << text;
    }
}

TEST(Verdict, IsTwoSentences) {
  for (const Mode mode : all_modes)
    for (const double throttled : {0.0, 0.1})
      for (const double callback_s : {0.0001, 0.008})
        for (const std::size_t requests : {1U, 2U, 4U, 40U}) {
          Figures figures = at_the_limit();
          figures.mode = mode;
          figures.throttled_share = throttled;
          figures.callback_s = callback_s;
          figures.requests = requests;
          figures.wait_s = requests == 40 ? 0 : 0.0099;
          const std::string text = judge(figures).text;
          std::size_t sentences = 0;
          for (std::size_t at = 0; at < text.size(); ++at)
            if (text[at] == '.' && (at + 1 == text.size() || text[at + 1] == ' ')) ++sentences;
          EXPECT_EQ(sentences, 2U) << text;
        }
}

TEST(Verdict, TheQuotasShareIsOfAllProcessorsItAllows) {
  Cell cell;
  cell.processors = 1.5;  // threads on two processors are stopped side by side, and the kernel adds that up
  cell.samples.push_back({.items = 1,
                          .failures = 0,
                          .unsent = 0,
                          .throttled_s = 3,
                          .others_cpu_s = {},
                          .took = {.wall_s = 2, .cpu_s = 1}});
  EXPECT_DOUBLE_EQ(figures_of(cell, "CPU").throttled_share, 0.75);
  cell.samples[0].throttled_s = 100;
  EXPECT_DOUBLE_EQ(figures_of(cell, "CPU").throttled_share, 1);
}

TEST(Verdict, ThreadsAreCappedWhereAQuotaAllowsFewer) {
  machine::CpuLimits limits;
  limits.usable = 8;
  pipeline::DeviceOptions device;
  EXPECT_EQ(capped_threads(limits, device), std::nullopt);
  limits.cgroup.cpu_quota = 1.5;
  EXPECT_EQ(capped_threads(limits, device), 2);
  device.threads = 8;
  EXPECT_EQ(capped_threads(limits, device), std::nullopt) << "told otherwise";
  device.threads = std::nullopt;
  device.properties["INFERENCE_NUM_THREADS"] = "8";
  EXPECT_EQ(capped_threads(limits, device), std::nullopt) << "told otherwise by a file of properties";
  device = {};
  device.device = "GPU";
  EXPECT_EQ(capped_threads(limits, device), std::nullopt);
  limits.cgroup.cpu_quota = 64;
  EXPECT_EQ(capped_threads(limits, {}), std::nullopt);
}

/// A work whose inputs, inferences and outputs take as long as they are told to.
class SlowWork final : public Work {
 public:
  using Duration = std::chrono::microseconds;
  SlowWork(Duration prepare, Duration inference, Duration look)
      : prepare_(prepare), inference_(inference), look_(look) {}

  const std::shared_ptr<ov::Model>& graph() const override { return graph_; }
  std::string model_name() const override { return "slow"; }
  std::size_t batch() const override { return 1; }
  void reserve(std::size_t /*places*/) override {}
  void fill(const Tensors& inputs) override {
    ov::Tensor input = inputs.at(0);
    input.data<float>()[0] = testing::command::nap;
    input.data<float>()[1] = static_cast<float>(inference_.count());
  }
  void prepare(std::size_t /*place*/, std::size_t /*item*/, const Tensors& /*inputs*/) override {
    std::this_thread::sleep_for(prepare_);
  }
  void look(std::size_t /*place*/, const Tensors& /*outputs*/) override { std::this_thread::sleep_for(look_); }

 private:
  std::shared_ptr<ov::Model> graph_;
  Duration prepare_;
  Duration inference_;
  Duration look_;
};

/// What is said of a queue of so many requests on a device of two streams.
Verdict verdict_on(SlowWork& work, std::size_t requests) {
  ov::Core core;
  constexpr std::array<Mode, 1> modes{Mode::queue};
  Runner runner(work, testing::compile_command_model(core), requests, modes);
  Round round;
  round.duration = std::chrono::minutes(10);
  round.most_requests = 60;
  Cell cell;
  cell.mode = Mode::queue;
  cell.requests = requests;
  cell.streams = 2;
  cell.samples.push_back(runner.run(Mode::queue, round, *cell.recording));
  Figures figures = figures_of(cell, "CPU");
  figures.throttled_share = 0;  // whatever holds the test itself back is another test's matter
  return judge(figures);
}

using std::chrono::milliseconds;

TEST(Verdict, ASubmitterThatIsSlowIsFound) {
  SlowWork work(milliseconds(8), milliseconds(2), milliseconds(0));
  EXPECT_EQ(verdict_on(work, 4).kind, Kind::submitter_starved);
}

TEST(Verdict, ACallbackThatIsSlowIsFound) {
  SlowWork work(milliseconds(0), milliseconds(2), milliseconds(8));
  EXPECT_EQ(verdict_on(work, 4).kind, Kind::callback_slow);
}

TEST(Verdict, TooFewRequestsAreFound) {
  SlowWork work(milliseconds(0), milliseconds(10), milliseconds(0));
  EXPECT_EQ(verdict_on(work, 1).kind, Kind::too_few_requests);
}

TEST(Verdict, ADeviceAtItsLimitIsFound) {
  SlowWork work(milliseconds(0), milliseconds(10), milliseconds(0));
  EXPECT_EQ(verdict_on(work, 6).kind, Kind::device_limit);
}

TEST(Knee, IsTheFirstThatComesNearTheMost) {
  EXPECT_EQ(knee_of(std::vector<double>{50, 90, 96, 100, 99}), 2U);
  EXPECT_EQ(knee_of(std::vector<double>{100, 60}), 0U);
  EXPECT_EQ(knee_of(std::vector<double>{0}), 0U);
  EXPECT_THROW(knee_of(std::vector<double>{}), std::invalid_argument);
}

Cell cell_with(std::chrono::microseconds latency, std::size_t unsent = 0) {
  Cell cell;
  const Clock::time_point begin;
  RequestTimes times(0, 0, begin, begin);
  times.started = begin;
  times.completed = times.returned = begin + latency;
  cell.recording->begin(begin, std::chrono::seconds(1));
  cell.recording->add(times, 1);
  cell.samples.push_back({.items = 1, .failures = 0, .unsent = unsent, .throttled_s = 0, .took = {1, 1}});
  return cell;
}

TEST(OpenLoop, TheHighestRateIsTheLastBeforeTheFirstThatDoesNotHold) {
  using std::chrono::microseconds;
  const std::vector<Cell> cells{cell_with(microseconds(10)), cell_with(microseconds(20)), cell_with(microseconds(90)),
                                cell_with(microseconds(20))};
  EXPECT_EQ(highest_that_holds(cells, 50), &cells[1]);
  EXPECT_EQ(highest_that_holds(cells, std::nullopt), &cells[3]);
  EXPECT_EQ(highest_that_holds(cells, 5), nullptr);
  EXPECT_FALSE(holds(cell_with(microseconds(10), 1), std::nullopt)) << "one could not be sent";
  EXPECT_FALSE(holds(Cell(), std::nullopt)) << "nothing was measured";
}

TEST(Layers, AreThoseThatRanTheSlowestFirst) {
  ov::Core core;
  InferenceWork work(core, "builtin:mlp", {});
  const auto layers = profile(core, work, {}, 3);
  ASSERT_GE(layers.size(), 3U);
  double share = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    share += layers[i].share;
    EXPECT_GE(layers[i == 0 ? 0 : i - 1].real_us, layers[i].real_us);
    EXPECT_FALSE(layers[i].exec_type.empty());
  }
  EXPECT_NEAR(share, 1, 1e-6);
}

}  // namespace
}  // namespace inferqueue::measure
