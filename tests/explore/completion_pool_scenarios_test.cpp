// The threads that deliver outcomes, without an engine.
#include <array>

#include "core/completion_pool.hpp"
#include "explore/stage.hpp"

namespace inferqueue::explore {
namespace {

using base::Thread;
using core::CompletionPool;

/// Makes a pool with so many threads, posts two records from two threads, and destroys the pool.
std::function<void()> two_posts(std::size_t threads) {
  return [threads] {
    std::array<int, 2> delivered{};
    const auto numbered = [](RequestId id) {
      auto record = base::make_ref<core::Record>();
      record->id = id;
      return record;
    };
    {
      CompletionPool pool(threads, [&](const base::Ref<core::Record>& record) { ++delivered.at(record->id); });
      const Thread other([&] { pool.post(numbered(1)); });
      pool.post(numbered(0));
    }
    check(delivered == std::array<int, 2>{1, 1}, "a completion was not delivered once");
  };
}

TEST(PoolScenario, OneThreadDeliversWhatTwoPost) {
  expect_holds(two_posts(1), small);
}

TEST(PoolScenario, TwoThreadsDeliverWhatTwoPost) {
  expect_holds(two_posts(2), small);
}

}  // namespace
}  // namespace inferqueue::explore
