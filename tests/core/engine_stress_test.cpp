// Many threads at once. Run under ThreadSanitizer.
#include <atomic>
#include <barrier>
#include <cstdlib>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using core::SlotId;

/// A slice by default, ten times as much under `./dev test --full`.
int rounds(int slice) {
  return std::getenv("INFERQUEUE_TEST_FULL") != nullptr ? 10 * slice : slice;
}

struct Stress {
  std::size_t submitters;
  std::size_t slots;
  std::size_t device_threads;
  std::size_t callback_threads = 0;
};

class EngineStress : public EngineTest, public ::testing::WithParamInterface<Stress> {};

TEST_P(EngineStress, EveryRequestHasItsCallbackOnce) {
  const Stress shape = GetParam();
  make_engine(shape.slots, {.callback_threads = shape.callback_threads});
  backend->complete_on_threads(shape.device_threads);
  const int each = rounds(4000);
  std::vector<std::atomic<int>> calls(shape.submitters * static_cast<std::size_t>(each));
  std::barrier begin(static_cast<std::ptrdiff_t>(shape.submitters));
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < shape.submitters; ++t)
    threads.emplace_back([&, t] {
      begin.arrive_and_wait();
      for (int i = 0; i < each; ++i)
        engine->submit(record(static_cast<int>(t) * each + i, [&](FakeRecord& r) {
          EXPECT_EQ(*r.output, r.input + 1);
          ++calls[static_cast<std::size_t>(r.input)];
        }));
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(engine->wait_all().empty());
  for (const auto& count : calls) ASSERT_EQ(count, 1);
  expect_all_slots_idle();
}

INSTANTIATE_TEST_SUITE_P(Shapes, EngineStress,
                         ::testing::Values(Stress{2, 1, 1}, Stress{2, 2, 2}, Stress{4, 2, 2}, Stress{4, 8, 3},
                                           Stress{1, 4, 2}, Stress{2, 4, 2, 1}, Stress{3, 4, 2, 3}),
                         [](const auto& named) {
                           const Stress& shape = named.param;
                           return std::to_string(shape.submitters) + "Submitters" + std::to_string(shape.slots) +
                                  "Slots" + std::to_string(shape.device_threads) + "DeviceThreads" +
                                  std::to_string(shape.callback_threads) + "CallbackThreads";
                         });

// The pattern that lost wake-ups in another pool: a getter that looks and then waits, while a slot comes back.
TEST_F(EngineTest, NoWakeUpIsLostBetweenTwoThreadsAndOneSlot) {
  make_engine(1);
  const int each = rounds(20000);
  const auto take_and_return = [&] {
    for (int i = 0; i < each; ++i) engine->release(engine->acquire());
  };
  std::thread first(take_and_return);
  std::thread second(take_and_return);
  first.join();
  second.join();
  expect_all_slots_idle();
}

TEST_F(EngineTest, FaultsOfEveryKindAreAllAccountedFor) {
  make_engine(3, {.callback_threads = 2});
  backend->complete_on_threads(2);
  const auto seed = static_cast<unsigned>(std::random_device{}());
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mutex mutex;
  std::mt19937 random(seed);
  const auto unlucky = [&] {
    const std::lock_guard lock(mutex);
    return random() % 8 == 0;
  };
  const auto maybe_throw = [&](SlotId) {
    if (unlucky()) throw std::runtime_error("by chance");
  };
  backend->on_bind = backend->on_start = backend->on_collect = maybe_throw;

  std::atomic<int> refused{0};
  std::atomic<int> accepted{0};
  std::atomic<int> values{0};
  std::atomic<int> failures{0};
  const auto on_error = [&](FakeRecord&) { ++failures; };
  const auto submit = [&](auto&& on_value) {
    try {
      engine->submit(record(1, on_value, on_error));
      ++accepted;
    } catch (const std::runtime_error&) {
      ++refused;
    }
  };
  const auto plain = [&](FakeRecord&) {
    if (unlucky()) throw std::runtime_error("callback");
    ++values;
  };
  const auto resubmits = [&](FakeRecord&) {
    submit(plain);
    ++values;
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < rounds(3000); ++i)
        if (unlucky())
          submit(resubmits);
        else
          submit(plain);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_TRUE(engine->wait_all().empty());
  EXPECT_EQ(values + failures, accepted);
  EXPECT_GT(refused, 0);
  EXPECT_GT(failures, 0);
  expect_all_slots_idle();
}

// A view is one request's: its input and output belong together, whatever the slot does meanwhile.
TEST_F(EngineTest, ViewsAreNeverTorn) {
  make_engine(2);
  backend->complete_on_threads(2);
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done)
      for (const SlotId slot : {0U, 1U}) {
        const auto latest = engine->snapshot(slot).latest;
        if (!latest) continue;
        const auto& seen = static_cast<const FakeRecord&>(*latest);
        if (seen.output) {
          EXPECT_EQ(*seen.output, seen.input + 1);
        }
      }
  });
  for (int i = 0; i < rounds(10000); ++i) engine->submit(record(i));
  engine->wait_all();
  done = true;
  reader.join();
}

}  // namespace
}  // namespace inferqueue::testing
