// Every accepted request has exactly one outcome, no slot is lost and memory stays flat, on the real runtime: requests
// by every way to a result, with faults by chance, in queues that end in every way. INFERQUEUE_TEST_SEED repeats what
// is done with each request; how the threads meet it doesn't.
#include <chrono>
#include <fstream>
#include <iostream>

#include <unistd.h>

#include "openvino/random_session.hpp"
#include "support/device.hpp"

namespace inferqueue::testing {
namespace {

constexpr std::size_t all_requests = 1'000'000;
constexpr std::size_t slice = 20'000;
constexpr std::size_t parts = 10;

std::size_t resident_kib() {
  std::size_t size = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

/// What the resident set may grow by from the first tenth on. A request that is kept costs a record and two tensors,
/// more than half a KiB, so that 900,000 of them would take more than 450 MiB: one leaked in thirty is noticed. It
/// isn't zero because each queue has new threads, for which the allocator makes arenas of their own, and because the
/// largest number of requests that were under way at one time is a matter of chance.
constexpr std::size_t may_grow_kib = 16 * 1024;

void print(const SessionCounts& total, std::uint64_t seed, std::chrono::duration<double> took, std::size_t first_kib,
           std::size_t last_kib) {
  std::cout << "seed " << seed << ": " << total.accepted << " requests accepted: " << total.values << " values, "
            << total.errors << " errors (" << total.abandoned << " abandoned), " << total.cancelled << " cancelled, "
            << total.expired << " expired, " << total.dropped << " dropped; " << total.refused << " refused, "
            << total.unheard << " errors given by wait_all; " << took.count() << " s; resident " << first_kib
            << " KiB after a tenth, " << last_kib << " KiB at the end" << std::endl;
}

/// A test in which something never happens says nothing about it.
void expect_everything_has_happened(const SessionCounts& total) {
  EXPECT_GT(total.values, 0U);
  EXPECT_GT(total.errors, 0U);
  EXPECT_GT(total.cancelled, 0U);
  EXPECT_GT(total.expired, 0U);
  EXPECT_GT(total.dropped, 0U);
  EXPECT_GT(total.abandoned, 0U);
  EXPECT_GT(total.refused, 0U);
  EXPECT_GT(total.unheard, 0U);
}

TEST(QueueRandomFaults, EveryRequestHasOneOutcomeAndMemoryIsFlat) {
  const std::size_t wanted = requests(all_requests, slice);
  const std::uint64_t seed = announced_seed();
  const auto begun = std::chrono::steady_clock::now();
  ov::Core core;
  const ov::CompiledModel compiled = compile_command_model(core);
  SessionCounts total;
  std::size_t first_kib = 0;
  for (std::size_t part = 0; total.accepted < wanted && !HasFailure(); ++part) {
    RandomSession session(compiled, Random(seed, part).next(), static_cast<End>(part % ends), wanted / parts);
    total += session.run();
    for (const std::string& complaint : session.complaints())
      ADD_FAILURE() << complaint << "\nINFERQUEUE_TEST_SEED=" << seed << ", queue " << part << ": "
                    << session.describe();
    if (part == 0) first_kib = resident_kib();
  }
  const std::size_t last_kib = resident_kib();
  print(total, seed, std::chrono::steady_clock::now() - begun, first_kib, last_kib);
  if (!HasFailure()) expect_everything_has_happened(total);
#ifndef __SANITIZE_ADDRESS__  // what is freed stays in its quarantine for a while
  EXPECT_LE(last_kib, first_kib + may_grow_kib) << "INFERQUEUE_TEST_SEED=" << seed;
#endif
}

}  // namespace
}  // namespace inferqueue::testing
