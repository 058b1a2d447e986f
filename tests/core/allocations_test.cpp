// Once as many requests are under way as ever will be, the engine asks for no memory any more. A program of its own,
// because scarce_memory.cpp replaces operator new.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "core/scarce_memory.hpp"
#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

constexpr std::size_t warm_up = 100;
constexpr std::size_t counted = 500;

class EngineAllocations : public EngineTest {
 protected:
  /// Records that are made before anything is counted: whoever submits makes them, and not the engine.
  void make_records(LambdaHandler::OnValue on_value = nullptr) {
    const auto handler = std::make_shared<const LambdaHandler>(std::move(on_value));
    records_.resize(warm_up + counted);
    for (auto& record : records_) {
      record = base::make_ref<FakeRecord>();
      record->handler = handler;
    }
    backend->reserve_starts(2 * records_.size());
  }
  bool any_left() const { return next_ < last_; }
  base::Ref<FakeRecord> take() { return std::move(records_[next_++]); }

  /// How many allocations there are while `submit` is called until no records are left, after a warm-up, and until
  /// everything has its outcome.
  std::size_t allocations_of(const std::function<void()>& submit) {
    last_ = warm_up;
    run(submit);
    last_ = records_.size();
    const Allocations since;
    run(submit);
    return since.count();
  }

  /// A thread waits for a slot, whatever the others do later.
  void have_one_wait() {
    std::vector<core::SlotId> taken;
    while (const auto slot = engine->try_acquire()) taken.push_back(*slot);
    const std::jthread waits([this] { engine->release(engine->acquire()); });
    wait_for_waiters(1);
    for (const core::SlotId slot : taken) engine->release(slot);
  }

 private:
  void run(const std::function<void()>& submit) {
    while (any_left()) submit();
    while (engine->statistics().unfinished > 0) std::this_thread::yield();
  }

  std::vector<base::Ref<FakeRecord>> records_;
  std::atomic<std::size_t> next_ = 0;
  std::size_t last_ = 0;
};

TEST_F(EngineAllocations, NoneOfASubmissionThatFindsAnIdleSlot) {
  make_engine(2);
  backend->complete_inside_start();
  make_records();
  EXPECT_EQ(allocations_of([this] { engine->submit(take()); }), 0U);
}

TEST_F(EngineAllocations, NoneOfASubmissionThatWaitsForASlot) {
  make_engine(2);
  backend->complete_on_threads(2);
  make_records();
  have_one_wait();
  EXPECT_EQ(allocations_of([this] { engine->submit(take()); }), 0U);
}

TEST_F(EngineAllocations, NoneOfASubmissionAheadOfItsSlot) {
  make_engine(2, {.submit_ahead = 4});
  backend->complete_on_threads(2);
  make_records();
  have_one_wait();
  EXPECT_EQ(allocations_of([this] { engine->submit(take()); }), 0U);
}

TEST_F(EngineAllocations, NoneOfALease) {
  make_engine(2);
  backend->complete_on_threads(2);
  make_records();
  have_one_wait();
  std::stop_source stop;
  const auto lease_and_start = [&] {
    const core::SlotId slot = engine->acquire({.timeout = std::chrono::minutes(1), .stop = stop.get_token()});
    engine->start(slot, take());
  };
  EXPECT_EQ(allocations_of(lease_and_start), 0U);
}

TEST_F(EngineAllocations, NoneOfASubmissionFromACallback) {
  make_engine(1);
  backend->complete_on_threads(1);
  make_records([this](FakeRecord&) {
    if (any_left()) engine->submit(take());  // stands in line: the slot is that of this callback
  });
  const auto submit_one_and_wait = [this] {
    engine->submit(take());
    while (any_left()) std::this_thread::yield();
  };
  EXPECT_EQ(allocations_of(submit_one_and_wait), 0U);
}

TEST_F(EngineAllocations, NoneOfACallbackOnTheQueuesOwnThreads) {
  // Without a backlog: a slot that goes on while its outputs are still read needs others.
  make_engine(2, {.callback_threads = 2, .callback_backlog = 0});
  backend->complete_on_threads(2);
  make_records();
  have_one_wait();
  EXPECT_EQ(allocations_of([this] { engine->submit(take()); }), 0U);
}

TEST_F(EngineAllocations, NoneOfSourcesThatAreServedInOrder) {
  make_engine(2, {.in_order = true});
  backend->complete_inside_start();
  make_records();
  std::uint64_t source = 0;
  EXPECT_EQ(allocations_of([&] { engine->submit(take(), {.source = source++ % 7}); }), 0U);
}

TEST_F(EngineAllocations, AreCounted) {
  const Allocations since;
  // Called by name, so that the compiler may not leave any of them out.
  const auto allocate = [] { ::operator delete(::operator new(1)); };
  allocate();
  EXPECT_EQ(since.count(), 1U);
  std::jthread(allocate).join();
  EXPECT_GE(since.count(), 3U) << "one in the other thread, and one or more to make it";
}

}  // namespace
}  // namespace inferqueue::testing
