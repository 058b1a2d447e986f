// What is kept of requests whose times are known.
#include "measure/recording.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "measure/arrivals.hpp"

namespace inferqueue::measure {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

const Clock::time_point zero = Clock::time_point() + std::chrono::hours(1);

/// Wanted at `at`, waits 1 ms, is prepared in 2, runs 4, is looked at for 8.
RequestTimes times_at(Clock::time_point at, std::uint64_t number = 0) {
  RequestTimes times(3, number, at, at + milliseconds(1));
  times.started = times.granted + milliseconds(2);
  times.completed = times.started + milliseconds(4);
  times.returned = times.completed + milliseconds(8);
  return times;
}

void expect_ms(const Histogram& histogram, double ms) {
  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_DOUBLE_EQ(std::chrono::duration<double>(histogram.max()).count() * 1e3, ms);
}

TEST(Recording, SplitsALatencyIntoWhatItIsMadeOf) {
  Recording recording;
  recording.begin(zero, milliseconds(100));
  recording.add(times_at(zero), 1);
  expect_ms(recording.wait(), 1);
  expect_ms(recording.prepare(), 2);
  expect_ms(recording.service(), 4);
  expect_ms(recording.callback(), 8);
  expect_ms(recording.latency(), 7);
}

TEST(Recording, KeepsTheLatestOfTheLastRound) {
  Recording recording;
  recording.begin(zero, milliseconds(100));
  recording.add(times_at(zero, 77), 1);
  recording.end(zero + milliseconds(100));
  recording.begin(zero + milliseconds(200), milliseconds(100));
  for (std::uint64_t i = 0; i < Recording::most_kept + 10; ++i)
    recording.add(times_at(zero + milliseconds(200) + microseconds(i), i), 1);
  const auto latest = recording.latest();
  ASSERT_EQ(latest.size(), Recording::most_kept);
  for (std::size_t i = 0; i < latest.size(); ++i) EXPECT_EQ(latest[i].request, i + 10);
}

TEST(Recording, CountsItemsOverTheTimeThatWasMeasured) {
  Recording recording;
  recording.begin(zero, milliseconds(200));  // stretches of 10 ms
  recording.add(times_at(zero), 2);          // completes after 7 ms
  recording.add(times_at(zero + milliseconds(20)), 3);
  recording.end(zero + milliseconds(30));
  recording.begin(zero + std::chrono::hours(1), milliseconds(200));
  recording.add(times_at(zero + std::chrono::hours(1)), 1);
  recording.end(zero + std::chrono::hours(1) + milliseconds(10));
  const std::vector<std::pair<double, double>> wanted{{0.005, 200}, {0.015, 0}, {0.025, 300}, {0.035, 100}};
  const auto found = recording.over_time();
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(found[i].first, wanted[i].first, 1e-9);
    EXPECT_NEAR(found[i].second, wanted[i].second, 1e-6);
  }
}

TEST(Recording, TheEndOfARoundInWhichNothingWasCompletedIsThereToo) {
  Recording recording;
  recording.begin(zero, milliseconds(200));
  recording.add(times_at(zero), 2);
  recording.end(zero + milliseconds(35));
  const std::vector<std::pair<double, double>> wanted{{0.005, 200}, {0.015, 0}, {0.025, 0}, {0.0325, 0}};
  EXPECT_EQ(recording.over_time(), wanted) << "a device that stood is to be seen";
}

/// A device with so many streams that takes 10 ms for each of 40 requests, all there from the begin.
std::vector<RequestTimes> all_at_once(std::size_t streams) {
  std::vector<RequestTimes> requests;
  for (std::size_t i = 0; i < 40; ++i) {
    RequestTimes times(i, i, zero, zero);
    times.started = zero;
    times.completed = times.returned = zero + milliseconds(10) * static_cast<int>(i / streams + 1);
    requests.push_back(times);
  }
  return requests;
}

TEST(ServiceEstimate, LeavesTheDevicesOwnQueueOut) {
  EXPECT_NEAR(estimate_service_s(all_at_once(1), 1), 0.010, 1e-9);
  EXPECT_NEAR(estimate_service_s(all_at_once(2), 2), 0.010, 1e-9);
  EXPECT_NEAR(estimate_service_s({times_at(zero)}, 4), 0.004, 1e-9);
  EXPECT_EQ(estimate_service_s({}, 2), 0);
}

TEST(Arrivals, ComeEvenlyOrAsPoissonsDo) {
  Arrivals even(50, Arrivals::Kind::constant, 1);
  for (int i = 0; i < 100; ++i) EXPECT_DOUBLE_EQ(even.next_s(), i * 0.02);
  Arrivals random(50, Arrivals::Kind::poisson, 1);
  Arrivals same(50, Arrivals::Kind::poisson, 1);
  Arrivals other(50, Arrivals::Kind::poisson, 2);
  double last = 0;
  double squares = 0;
  bool differs = false;
  constexpr int count = 20000;
  for (int i = 0; i < count; ++i) {
    const double due = random.next_s();
    EXPECT_EQ(due, same.next_s());
    differs = differs || due != other.next_s();
    squares += (due - last) * (due - last);
    last = due;
  }
  EXPECT_TRUE(differs);
  EXPECT_NEAR(last / count, 0.02, 0.0006);                 // the mean interval
  EXPECT_NEAR(squares / count, 2 * 0.02 * 0.02, 0.00008);  // an exponential one's second moment
}

}  // namespace
}  // namespace inferqueue::measure
