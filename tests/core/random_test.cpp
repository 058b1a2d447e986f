// Every accepted request has exactly one outcome and no slot is lost, whatever goes wrong: many requests with faults by
// chance, in queues of every shape that end in every way. INFERQUEUE_TEST_SEED repeats the shapes and what is done with
// each request; how the threads meet it doesn't.
#include <chrono>
#include <iostream>

#include "core/random_queue.hpp"

namespace inferqueue::testing {
namespace {

constexpr std::size_t all_requests = 10'000'000;
constexpr std::size_t slice = 300'000;

void print(const Counts& total, std::uint64_t seed, std::size_t queues, std::chrono::duration<double> took) {
  std::cout << "seed " << seed << ": " << queues << " queues, " << total.accepted
            << " requests accepted: " << total.values << " values, " << total.errors << " errors (" << total.abandoned
            << " abandoned, " << total.unheard << " heard by wait_all), " << total.cancelled << " cancelled, "
            << total.expired << " expired, " << total.dropped << " dropped; refused: " << total.full << " full, "
            << total.timed_out << " timed out, " << total.stopped << " stopped, " << total.closed << " closed, "
            << total.faults << " by faults; " << took.count() << " s" << std::endl;
}

/// A test in which something never happens says nothing about it.
void expect_everything_has_happened(const Counts& total) {
  EXPECT_GT(total.values, 0U);
  EXPECT_GT(total.errors, 0U);
  EXPECT_GT(total.cancelled, 0U);
  EXPECT_GT(total.expired, 0U);
  EXPECT_GT(total.dropped, 0U);
  EXPECT_GT(total.abandoned, 0U);
  EXPECT_GT(total.unheard, 0U);
  EXPECT_GT(total.full, 0U);
  EXPECT_GT(total.timed_out, 0U);
  EXPECT_GT(total.stopped, 0U);
  EXPECT_GT(total.closed, 0U);
  EXPECT_GT(total.faults, 0U);
}

TEST(RandomFaults, EveryRequestHasOneOutcomeAndNoSlotIsLost) {
  const std::size_t wanted = requests(all_requests, slice);
  const std::uint64_t seed = announced_seed();
  // Small queues where there are few requests: each ending comes often then.
  const std::size_t most = wanted < slice ? 2'000 : wanted < all_requests ? 8'000 : 32'000;
  const auto begun = std::chrono::steady_clock::now();
  Counts total;
  std::size_t queues = 0;
  for (; total.accepted < wanted; ++queues) {
    const Shape shape(Random(seed, queues).next(), static_cast<Ending>(queues % endings), most);
    RandomQueue queue(shape);
    total += queue.run();
    for (const std::string& complaint : queue.complaints())
      ADD_FAILURE() << complaint << "\nINFERQUEUE_TEST_SEED=" << seed << ", queue " << queues << ": "
                    << shape.describe();
    if (HasFailure()) break;
  }
  print(total, seed, queues, std::chrono::steady_clock::now() - begun);
  if (!HasFailure()) expect_everything_has_happened(total);
}

}  // namespace
}  // namespace inferqueue::testing
