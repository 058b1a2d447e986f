// What one submission costs, from the record that is made for it to the return of its callback, without a runtime: the
// device takes no time. With several threads the figure is the time that passes for each submission of a thread.
#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

#include <benchmark/benchmark.h>

#include "core/engine.hpp"

namespace inferqueue::core {
namespace {

/// A device whose runs complete before their start returns, or, if it is told to keep one, when it is asked to.
class NoDevice final : public Backend {
 public:
  enum class Completes { at_once, when_asked };
  NoDevice(std::size_t slots, Completes completes) : slots_(slots), completes_(completes) {}

  std::size_t size() const noexcept override { return slots_; }
  void connect(CompletionSink& sink) override { sink_ = &sink; }
  void bind(SlotId /*slot*/, Record& /*record*/) override {}
  void reclaim(SlotId /*slot*/, Record& /*previous*/) noexcept override {}
  void start(SlotId slot, RequestId run) override {
    if (completes_ == Completes::at_once)
      sink_->completed(slot, run, nullptr);
    else
      kept_.store(run, std::memory_order_release);
  }
  void cancel(SlotId /*slot*/) noexcept override {}
  bool is_cancellation(const std::exception_ptr& /*error*/) const noexcept override { return false; }
  void collect(SlotId /*slot*/, Record& /*record*/) override {}
  void unbind(SlotId /*slot*/, Record& /*record*/) noexcept override {}

  /// Completes the run of slot 0, the only one, and waits for it if it is only just being started.
  void complete_one() {
    RequestId run = 0;
    while (run == 0) run = kept_.exchange(0, std::memory_order_acquire);
    sink_->completed(0, run, nullptr);
  }

 private:
  const std::size_t slots_;
  const Completes completes_;
  CompletionSink* sink_ = nullptr;
  std::atomic<RequestId> kept_ = 0;
};

class Nothing final : public Handler {
 public:
  void on_value(Record& /*record*/) const override {}
  bool on_error(Record& /*record*/) const override { return false; }
};

/// What the threads of a benchmark share. Made before they begin, by its Setup.
std::unique_ptr<Engine> engine;
NoDevice* device = nullptr;

void make(std::size_t slots, NoDevice::Completes completes) {
  auto owned = std::make_unique<NoDevice>(slots, completes);
  device = owned.get();
  engine = std::make_unique<Engine>(std::move(owned), QueueOptions{});
}

void tear_down(const benchmark::State& /*state*/) {
  engine.reset();
}

void submit(const std::shared_ptr<const Handler>& handler) {
  auto record = base::make_ref<Record>();
  record->handler = handler;
  engine->submit(std::move(record), {.backpressure = Backpressure::reject});
}

// ---- a slot is idle: the request runs on it -------------------------------------------------------------------------

void set_up_idle(const benchmark::State& state) {
  make(static_cast<std::size_t>(state.threads()), NoDevice::Completes::at_once);
}

void submit_to_an_idle_slot(benchmark::State& state) {
  const auto handler = std::make_shared<const Nothing>();
  for (auto _ : state) submit(handler);
}
BENCHMARK(submit_to_an_idle_slot)->Setup(set_up_idle)->Teardown(tear_down)->Threads(1)->Threads(4)->UseRealTime();

// ---- none is: the request stands in line, and the completion of another starts it -----------------------------------

void set_up_line(const benchmark::State& /*state*/) {
  make(1, NoDevice::Completes::when_asked);
  const auto handler = std::make_shared<const Nothing>();
  for (int i = 0; i < 2; ++i) submit(handler);  // one that runs, and one that waits: there is always one
}

void tear_down_line(const benchmark::State& state) {
  for (int i = 0; i < 2; ++i) device->complete_one();
  tear_down(state);
}

void submit_into_the_line(benchmark::State& state) {
  const auto handler = std::make_shared<const Nothing>();
  for (auto _ : state) {
    submit(handler);
    device->complete_one();
  }
}
BENCHMARK(submit_into_the_line)->Setup(set_up_line)->Teardown(tear_down_line)->Threads(1)->Threads(4)->UseRealTime();

// ---- from a callback, which the slot is still waiting for -----------------------------------------------------------

/// Submits the next of a chain in the callback of the one before.
class Chain final : public Handler, public std::enable_shared_from_this<Chain> {
 public:
  void on_value(Record& /*record*/) const override {
    if (left_.fetch_sub(1, std::memory_order_acq_rel) > 1) submit(shared_from_this());
  }
  bool on_error(Record& /*record*/) const override { return false; }

  /// Returns when so many have had their callbacks, which may be on another thread that submits.
  void run(int length) {
    left_.store(length, std::memory_order_release);
    submit(shared_from_this());
    while (left_.load(std::memory_order_acquire) > 0) {
    }
  }

 private:
  mutable std::atomic<int> left_ = 0;
};

void submit_in_a_callback(benchmark::State& state) {
  constexpr int length = 1000;
  const auto chain = std::make_shared<Chain>();
  while (state.KeepRunningBatch(length)) chain->run(length);
}
BENCHMARK(submit_in_a_callback)->Setup(set_up_idle)->Teardown(tear_down)->Threads(1)->Threads(4)->UseRealTime();

}  // namespace
}  // namespace inferqueue::core
