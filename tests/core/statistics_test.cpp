// Counts and durations.
#include <chrono>
#include <random>
#include <vector>

#include <inferqueue/statistics.hpp>

#include "support/engine_fixture.hpp"

namespace inferqueue::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST(Histogram, IsZeroWhereNothingWasRecorded) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  for (const nanoseconds zero : {histogram.min(), histogram.max(), histogram.mean(), histogram.percentile(50)})
    EXPECT_EQ(zero, 0ns);
  histogram.for_each_bucket([](nanoseconds, nanoseconds, std::uint64_t) { FAIL(); });
}

TEST(Histogram, SmallDurationsAreExact) {
  Histogram histogram;
  for (int ns = 0; ns < 64; ++ns) histogram.record(nanoseconds(ns));
  EXPECT_EQ(histogram.min(), 0ns);
  EXPECT_EQ(histogram.max(), 63ns);
  EXPECT_EQ(histogram.mean(), 31ns);
  EXPECT_EQ(histogram.percentile(50), 31ns);
  EXPECT_EQ(histogram.percentile(100), 63ns);
  EXPECT_EQ(histogram.percentile(0), 0ns);
  EXPECT_EQ(histogram.percentile(-1), 0ns);
  EXPECT_EQ(histogram.percentile(1000), 63ns);
}

TEST(Histogram, EveryDurationFallsIntoABucketOfItsOwnSize) {
  std::mt19937_64 random(1);
  std::vector<std::int64_t> durations{0, 1, 31, 32, 33, 63, 64, 65, (1LL << 41) - 1};
  for (int bits = 1; bits < 41; ++bits) durations.push_back(static_cast<std::int64_t>(random() >> (63 - bits)));
  for (const std::int64_t ns : durations) {
    Histogram histogram;
    histogram.record(nanoseconds(ns));
    int buckets = 0;
    histogram.for_each_bucket([&](nanoseconds lower, nanoseconds upper, std::uint64_t count) {
      ++buckets;
      EXPECT_EQ(count, 1U);
      EXPECT_LE(lower.count(), ns);
      EXPECT_GT(upper.count(), ns);
      EXPECT_LE((upper - lower).count() * 32, std::max<std::int64_t>(ns, 32)) << ns;
    });
    EXPECT_EQ(buckets, 1);
    EXPECT_EQ(histogram.percentile(50).count(), ns) << "one value is known exactly by its minimum and maximum";
  }
}

TEST(Histogram, PercentilesAreAtMostOneThirtySecondTooLarge) {
  Histogram histogram;
  for (int us = 1; us <= 1000; ++us) histogram.record(std::chrono::microseconds(us));
  for (const double percent : {10.0, 50.0, 90.0, 99.0, 99.9}) {
    const auto exact = percent * 10.0 * 1000.0;
    const auto found = static_cast<double>(histogram.percentile(percent).count());
    EXPECT_GE(found, exact - 1);
    EXPECT_LE(found, exact * (1 + 1.0 / 32) + 1);
  }
  EXPECT_EQ(histogram.mean(), 500500ns);
  EXPECT_EQ(histogram.percentile(0), 1us);
}

TEST(Histogram, TakesWhatIsOutsideItsRange) {
  Histogram histogram;
  histogram.record(-5ns);
  histogram.record(nanoseconds::max());
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_EQ(histogram.min(), 0ns);
  EXPECT_EQ(histogram.max(), nanoseconds::max());
  EXPECT_EQ(histogram.percentile(99), nanoseconds::max());
}

TEST_F(EngineTest, StatisticsCountEveryOutcomeOnceAndTimeWhatRan) {
  make_engine(2, {.backpressure = Backpressure::reject, .max_pending = 2});
  engine->submit(record(0));
  engine->submit(record(1));
  engine->submit(record(2));
  engine->submit(record(3));
  EXPECT_THROW(engine->submit(record(4)), Error);
  Statistics now = engine->statistics();
  EXPECT_EQ(now.accepted, 4U);
  EXPECT_EQ(now.unfinished, 4U);
  EXPECT_EQ(now.pending, 2U);
  EXPECT_EQ(now.running, 2U);
  EXPECT_EQ(now.idle, 0U);
  EXPECT_EQ(now.refused_full, 1U);
  engine->cancel(4);
  backend->complete(0, std::make_exception_ptr(std::runtime_error("mine")));
  backend->complete(0);
  backend->complete(1);
  now = engine->statistics();
  EXPECT_EQ(now.values, 2U);
  EXPECT_EQ(now.errors, 1U);
  EXPECT_EQ(now.cancelled, 1U);
  EXPECT_EQ(now.unfinished, 0U);
  EXPECT_EQ(now.idle, 2U);
  for (const Histogram* ran : {&now.wait, &now.service, &now.callback}) EXPECT_EQ(ran->count(), 3U);
  EXPECT_GE(now.wait.max(), now.service.min()) << "3 has waited while the first was served";
  EXPECT_EQ(engine->wait_all().size(), 1U);
}

}  // namespace
}  // namespace inferqueue::testing
