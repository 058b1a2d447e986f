// Every mode on the real runtime, where inferences fail, and at a rate of its own.
#include "measure/runner.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/device.hpp"

namespace inferqueue::measure {
namespace {

/// What the operation of support/device.hpp is told, request by request.
class ToldWork final : public Work {
 public:
  explicit ToldWork(std::size_t fails_every) : fails_every_(fails_every) {}

  const std::shared_ptr<ov::Model>& graph() const override { return graph_; }
  std::string model_name() const override { return "told"; }
  std::size_t batch() const override { return 1; }
  void reserve(std::size_t places) override { places_ = places; }
  void fill(const Tensors& inputs) override {
    ++filled_;
    tell(inputs, 0);
  }
  void prepare(std::size_t place, std::size_t item, const Tensors& inputs) override {
    EXPECT_LT(place, places_);
    tell(inputs, fails_every_ != 0 && item % fails_every_ == 0 ? testing::command::fail : 1);
  }
  void look(std::size_t place, const Tensors& outputs) override {
    EXPECT_LT(place, places_);
    EXPECT_EQ(outputs.at(0).data<float>()[0], 1);
    ++looked_;
  }

  std::size_t looked() const { return looked_; }
  std::size_t filled() const { return filled_; }

 private:
  static void tell(const Tensors& inputs, float what) {
    ov::Tensor input = inputs.at(0);
    input.data<float>()[0] = what;
  }

  std::shared_ptr<ov::Model> graph_;
  std::size_t fails_every_;
  std::size_t places_ = 0;
  std::size_t filled_ = 0;
  std::atomic<std::size_t> looked_{0};
};

Round of(std::size_t requests) {
  Round round;
  round.duration = std::chrono::minutes(10);
  round.most_requests = requests;
  return round;
}

TEST(Runner, EveryModeDoesTheSameWorkAndCountsIt) {
  ov::Core core;
  ToldWork work(0);
  Runner runner(work, testing::compile_command_model(core), 3, all_modes);
  EXPECT_EQ(work.filled(), 5U) << "two infer requests, three slots";
  for (const Mode mode : {Mode::sync, Mode::two_requests, Mode::queue}) {
    SCOPED_TRACE(to_string(mode));
    Recording recording;
    const std::size_t before = work.looked();
    const Sample sample = runner.run(mode, of(20), recording);
    EXPECT_EQ(sample.items, 20U);
    EXPECT_EQ(sample.failures, 0U);
    EXPECT_EQ(work.looked() - before, 20U);
    EXPECT_EQ(recording.latency().count(), 20U);
    EXPECT_GT(sample.took.wall_s, 0);
  }
  Recording recording;
  const std::size_t before = work.looked();
  EXPECT_EQ(runner.run(Mode::inference, of(20), recording).items, 20U);
  EXPECT_EQ(work.looked(), before) << "nobody looks at the outputs";
}

TEST(Runner, FailuresAreCountedAndTheRestGoesOn) {
  ov::Core core;
  ToldWork work(4);
  Runner runner(work, testing::compile_command_model(core), 3, all_modes);
  EXPECT_EQ(runner.first_failure(), "") << "of warming up";
  for (const Mode mode : {Mode::sync, Mode::two_requests, Mode::queue}) {
    SCOPED_TRACE(to_string(mode));
    Recording recording;
    const Sample sample = runner.run(mode, of(20), recording);
    EXPECT_EQ(sample.failures, 5U);
    EXPECT_EQ(sample.items, 15U);
    EXPECT_EQ(recording.latency().count(), 15U);
    EXPECT_NE(runner.first_failure().find("the device failed as it was told"), std::string::npos)
        << runner.first_failure();
  }
}

TEST(Runner, WhereEverythingFailsThereIsStillASample) {
  ov::Core core;
  ToldWork work(1);
  Runner runner(work, testing::compile_command_model(core), 2, all_modes);
  Recording recording;
  const Sample sample = runner.run(Mode::queue, of(10), recording);
  EXPECT_EQ(sample.items, 0U);
  EXPECT_EQ(sample.failures, 10U);
  EXPECT_EQ(sample.items_per_s(), 0);
  EXPECT_EQ(sample.cpu_s_per_item(), 0);
}

TEST(Runner, AnOpenLoopSendsAsManyAsAreDue) {
  ov::Core core;
  ToldWork work(0);
  Runner runner(work, testing::compile_command_model(core), 4, all_modes);
  Round round;
  round.duration = std::chrono::milliseconds(500);
  round.arrivals.emplace(100, Arrivals::Kind::constant, 1);
  Recording recording;
  const Sample sample = runner.run(Mode::queue, round, recording);
  EXPECT_EQ(sample.items + sample.unsent, 50U);
}

TEST(Runner, WhatIsDueWhileTheDeviceStandsCountsFromWhenItWasDue) {
  ov::Core core;
  ToldWork work(0);
  Runner runner(work, testing::compile_command_model(core), 1, all_modes);
  // A microsecond apart, far more than can be done: all that were sent late say so, and the rest is counted.
  Round round;
  round.duration = std::chrono::milliseconds(20);
  round.arrivals.emplace(1e6, Arrivals::Kind::constant, 1);
  Recording recording;
  const Sample sample = runner.run(Mode::queue, round, recording);
  EXPECT_EQ(sample.items + sample.unsent, 20000U);
  EXPECT_GT(sample.unsent, 0U);
  EXPECT_GT(recording.wait().max(), recording.service().min());
  EXPECT_GE(recording.wait().max(), std::chrono::milliseconds(5));
}

TEST(Runner, WhatCannotBeSentIsCountedHoweverMuchItIs) {
  ov::Core core;
  ToldWork work(0);
  Runner runner(work, testing::compile_command_model(core), 1, all_modes);
  for (const Arrivals::Kind kind : {Arrivals::Kind::constant, Arrivals::Kind::poisson}) {
    Round round;
    round.duration = std::chrono::milliseconds(20);
    round.arrivals.emplace(1e15, kind, 1);
    Recording recording;
    const Sample sample = runner.run(Mode::queue, round, recording);
    EXPECT_NEAR(static_cast<double>(sample.items + sample.unsent), 2e13, 1e8);
  }
}

/// Fails where the runner calls it, for every fourth request.
class FailingWork final : public Work {
 public:
  enum class Where { start, look };
  explicit FailingWork(Where where) : where_(where) {}

  const std::shared_ptr<ov::Model>& graph() const override { return graph_; }
  std::string model_name() const override { return "failing"; }
  std::size_t batch() const override { return 1; }
  void reserve(std::size_t places) override { is_bad_.resize(places); }
  void fill(const Tensors& inputs) override {
    ov::Tensor input = inputs.at(0);
    input.data<float>()[0] = 1;
  }
  void prepare(std::size_t place, std::size_t item, const Tensors& inputs) override {
    is_bad_[place] = item % 4 == 0 ? 1 : 0;
    ov::Tensor input = inputs.at(0);
    if (where_ == Where::start) input.set_shape(is_bad_[place] == 1 ? ov::Shape{1, 2} : ov::Shape{1, 4});
  }
  void look(std::size_t place, const Tensors& /*outputs*/) override {
    if (where_ == Where::look && is_bad_[place] == 1) throw std::runtime_error("can't look at this");
  }

 private:
  std::shared_ptr<ov::Model> graph_;
  Where where_;
  std::vector<char> is_bad_;  // by place; no bits, which places would share
};

TEST(Runner, StartsAndLooksThatFailAreCountedAsWell) {
  ov::Core core;
  for (const auto where : {FailingWork::Where::start, FailingWork::Where::look}) {
    FailingWork work(where);
    Runner runner(work, testing::compile_command_model(core), 3, all_modes);
    for (const Mode mode : {Mode::sync, Mode::two_requests, Mode::queue}) {
      SCOPED_TRACE(std::string(where == FailingWork::Where::start ? "start, " : "look, ") + to_string(mode));
      Recording recording;
      const Sample sample = runner.run(mode, of(20), recording);
      EXPECT_EQ(sample.failures, 5U);
      EXPECT_EQ(sample.items, 15U);
      EXPECT_EQ(recording.latency().count(), 15U);
      EXPECT_FALSE(runner.first_failure().empty());
    }
  }
}

/// Its first request stands still; the second can't be prepared.
class UnpreparedWork final : public Work {
 public:
  explicit UnpreparedWork(testing::Standstill& standstill) : standstill_(standstill) {}

  const std::shared_ptr<ov::Model>& graph() const override { return graph_; }
  std::string model_name() const override { return "unprepared"; }
  std::size_t batch() const override { return 1; }
  void reserve(std::size_t /*places*/) override {}
  void fill(const Tensors& /*inputs*/) override {}
  void prepare(std::size_t /*place*/, std::size_t item, const Tensors& inputs) override {
    if (!is_on) return;
    ov::Tensor input = inputs.at(0);
    input.data<float>()[0] = testing::command::stand;
    if (item == 0) return;
    standstill_.go_on();
    throw std::runtime_error("not prepared");
  }
  void look(std::size_t /*place*/, const Tensors& /*outputs*/) override { looked = true; }

  bool is_on = false;
  std::atomic<bool> looked{false};

 private:
  std::shared_ptr<ov::Model> graph_;
  testing::Standstill& standstill_;
};

TEST(Runner, WhatIsUnderWayEndsBeforeAnErrorOfThePreparationLeaves) {
  ov::Core core;
  for (const Mode mode : {Mode::two_requests, Mode::queue}) {
    SCOPED_TRACE(to_string(mode));
    testing::Standstill standstill;
    UnpreparedWork work(standstill);
    Runner runner(work, testing::compile_command_model(core), 2, all_modes);
    work.is_on = true;
    work.looked = false;
    Recording recording;
    EXPECT_THROW(runner.run(mode, of(10), recording), std::runtime_error);
    EXPECT_TRUE(work.looked) << "the first request is over";
    work.is_on = false;
    EXPECT_EQ(runner.run(mode, of(10), recording).items, 10U) << "and the next round finds all as it was";
  }
}

/// All its requests stand still.
class StandingWork final : public Work {
 public:
  const std::shared_ptr<ov::Model>& graph() const override { return graph_; }
  std::string model_name() const override { return "standing"; }
  std::size_t batch() const override { return 1; }
  void reserve(std::size_t /*places*/) override {}
  void fill(const Tensors& inputs) override {
    ov::Tensor input = inputs.at(0);
    input.data<float>()[0] = testing::command::stand;
  }
  void prepare(std::size_t /*place*/, std::size_t /*item*/, const Tensors& /*inputs*/) override {}
  void look(std::size_t /*place*/, const Tensors& /*outputs*/) override {}

 private:
  std::shared_ptr<ov::Model> graph_;
};

TEST(Runner, AStopRequestEndsARoundOfTheQueueThoughTheDeviceHangs) {
  ov::Core core;
  StandingWork work;
  constexpr std::array<Mode, 1> modes{Mode::queue};
  Runner runner(work, testing::compile_command_model(core), 2, modes);
  testing::Standstill standstill;
  std::stop_source stop;
  Round round = of(0);
  round.stop = stop.get_token();
  round.patience = std::chrono::nanoseconds(0);
  const std::jthread user([&] {
    standstill.wait_until_standing(2);
    stop.request_stop();
  });
  Recording recording;
  const Sample sample = runner.run(Mode::queue, round, recording);
  EXPECT_EQ(sample.items, 0U);
  EXPECT_EQ(sample.failures, 2U);
  EXPECT_NE(runner.first_failure().find("abandoned"), std::string::npos) << runner.first_failure();
}

}  // namespace
}  // namespace inferqueue::measure
