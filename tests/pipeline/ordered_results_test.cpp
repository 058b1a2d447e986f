// Whatever the order in which results are finished, they come out in the order of their numbers.
#include "pipeline/ordered_results.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <future>
#include <mutex>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace inferqueue::pipeline {
namespace {

/// Those of one source.
class OneSource {
 public:
  explicit OneSource(std::size_t size) : results_(std::array{size}) {}

  std::optional<std::size_t> reserve() {
    return results_.wait_for_room(0) ? std::optional(results_.reserve(0)) : std::nullopt;
  }
  PictureResult& at(std::size_t index) { return results_.at(0, index); }
  void finish(std::size_t index) { results_.finish(0, index); }
  void close() { results_.end(0, {}); }
  void abandon() { results_.abandon(); }
  std::optional<PictureResult> take() {
    PictureResult result;
    const auto delivery = results_.take(result);
    if (!delivery) return std::nullopt;
    if (delivery->kind == Delivery::Kind::result) return result;
    EXPECT_EQ(delivery->kind, Delivery::Kind::end);
    EXPECT_FALSE(results_.take(result)) << "the end comes once, and nothing behind it";
    return std::nullopt;
  }

 private:
  OrderedResults results_;
};

/// Reserves the next and puts its number into it.
std::size_t reserve(OneSource& results) {
  const std::size_t index = results.reserve().value();
  results.at(index).index = index;
  return index;
}

/// Takes everything and checks that it comes in order. Returns how many there were.
std::size_t take_all(OneSource& results, std::size_t next = 0) {
  const std::size_t first = next;
  while (const auto result = results.take()) EXPECT_EQ(result->index, next++);
  return next - first;
}

TEST(OrderedResults, EveryOrderOfFinishingGivesTheSameResults) {
  std::vector<std::size_t> order(5);
  std::iota(order.begin(), order.end(), 0U);
  do {
    OneSource results(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(reserve(results), i);
    for (const std::size_t i : order) results.finish(i);
    results.close();
    EXPECT_EQ(take_all(results), order.size());
  } while (std::ranges::next_permutation(order).found);
}

TEST(OrderedResults, ABatchThatIsFinishedOnThreadsAtOnceComesInOrder) {
  constexpr std::size_t size = 8;
  constexpr std::size_t rounds = 200;
  OneSource results(size);
  std::barrier together(size + 1);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < size; ++i)
    threads.emplace_back([&, i] {
      for (std::size_t round = 0; round < rounds; ++round) {
        together.arrive_and_wait();
        results.at(round * size + i).error = std::to_string(round * size + i);
        results.finish(round * size + i);
        together.arrive_and_wait();
      }
    });
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < size; ++i) reserve(results);
    together.arrive_and_wait();
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(results.take().value().error, std::to_string(round * size + i));
    together.arrive_and_wait();
  }
}

/// Numbers that wait for somebody to finish them, taken out in random order.
class Pool {
 public:
  void put(std::size_t index) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(index);
    changed_.notify_one();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  std::optional<std::size_t> take(std::mt19937& random) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
    if (waiting_.empty()) return std::nullopt;
    std::swap(waiting_[random() % waiting_.size()], waiting_.back());
    const std::size_t index = waiting_.back();
    waiting_.pop_back();
    return index;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> waiting_;
  bool closed_ = false;
};

TEST(OrderedResults, KeepsOrderAndBoundWithThreeKindsOfThreads) {
  for (const std::size_t size : {1U, 2U, 7U, 64U}) {
    SCOPED_TRACE(size);
    constexpr std::size_t count = 3000;
    OneSource results(size);
    Pool pool;
    std::atomic<std::size_t> reserved{0};
    std::vector<std::jthread> threads;
    for (unsigned seed = 0; seed < 3; ++seed)
      threads.emplace_back([&, seed] {
        std::mt19937 random(seed);
        while (const auto index = pool.take(random)) {
          results.at(*index).error = std::to_string(*index);
          results.finish(*index);
        }
      });
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < count; ++i) {
        pool.put(reserve(results));
        ++reserved;
      }
      pool.close();
      results.close();
    });
    std::size_t taken = 0;
    while (const auto result = results.take()) {
      EXPECT_EQ(result->index, taken);
      EXPECT_EQ(result->error, std::to_string(taken));
      ++taken;
      EXPECT_LE(reserved.load(), taken + size);  // reserved lags, so this can't fail by chance
    }
    EXPECT_EQ(taken, count);
  }
}

TEST(OrderedResults, ReservesNoMoreThanItsSizeUntilOneIsTaken) {
  OneSource results(2);
  reserve(results);
  reserve(results);
  auto third = std::async(std::launch::async, [&] { return reserve(results); });
  results.finish(1);  // finished is not delivered: no room yet
  EXPECT_EQ(third.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  results.finish(0);
  EXPECT_EQ(results.take().value().index, 0U);
  EXPECT_EQ(third.get(), 2U);
}

TEST(OrderedResults, AbandonWakesTheOneThatReserves) {
  OneSource results(1);
  reserve(results);
  auto waiting = std::async(std::launch::async, [&] { return results.reserve(); });
  results.abandon();
  EXPECT_EQ(waiting.get(), std::nullopt);
  EXPECT_EQ(results.reserve(), std::nullopt);
}

TEST(OrderedResults, TheEndWakesTheOneThatTakes) {
  OneSource results(1);
  auto waiting = std::async(std::launch::async, [&] { return results.take().has_value(); });
  results.close();
  EXPECT_FALSE(waiting.get());
}

TEST(OrderedResults, WhatIsUnderWayAtTheEndIsStillDelivered) {
  OneSource results(4);
  for (int i = 0; i < 3; ++i) reserve(results);
  results.finish(2);
  results.close();
  auto rest = std::async(std::launch::async, [&] { return take_all(results); });
  results.finish(0);
  results.finish(1);
  EXPECT_EQ(rest.get(), 3U);
}

TEST(OrderedResults, APlaceThatIsUsedAgainIsClean) {
  OneSource results(1);
  results.at(reserve(results)).error = "old";
  results.finish(0);
  EXPECT_EQ(results.take().value().error, "old");
  reserve(results);
  EXPECT_EQ(results.at(1).error, "");
  results.finish(1);
  EXPECT_EQ(results.take().value().error, "");
}

/// What take() gives, in one word: "0:result 1", "0:note text", "0:end".
std::string next_of(OrderedResults& results) {
  PictureResult result;
  const auto delivery = results.take(result);
  if (!delivery) return "nothing";
  const std::string source = std::to_string(delivery->source);
  if (delivery->kind == Delivery::Kind::result) return source + ":result " + result.error;
  return source + (delivery->kind == Delivery::Kind::note ? ":note " : ":end ") + delivery->text;
}

void put(OrderedResults& results, std::size_t source) {
  ASSERT_TRUE(results.wait_for_room(source));
  const std::size_t index = results.reserve(source);
  results.at(source, index).error = std::to_string(index);
  results.finish(source, index);
}

TEST(OrderedResults, SourcesHaveTheirTurns) {
  OrderedResults results(std::array<std::size_t, 3>{4, 4, 4});
  for (int i = 0; i < 3; ++i) put(results, 0);
  for (int i = 0; i < 2; ++i) put(results, 2);
  for (const char* wanted : {"0:result 0", "2:result 0", "0:result 1", "2:result 1", "0:result 2"})
    EXPECT_EQ(next_of(results), wanted);
}

TEST(OrderedResults, ASourceThatStandsStillHoldsUpNoOther) {
  OrderedResults results(std::array<std::size_t, 2>{1, 1});
  ASSERT_TRUE(results.wait_for_room(0));
  results.reserve(0);  // and never finished in time
  for (int i = 0; i < 3; ++i) {
    put(results, 1);
    EXPECT_EQ(next_of(results), "1:result " + std::to_string(i));
  }
  results.end(1, "gone");
  EXPECT_EQ(next_of(results), "1:end gone");
  results.finish(0, 0);
  results.end(0, {});
  EXPECT_EQ(next_of(results), "0:result ");
  EXPECT_EQ(next_of(results), "0:end ");
  EXPECT_EQ(next_of(results), "nothing");
}

TEST(OrderedResults, NotesComeBeforeWhatIsNotFinishedAndTheEndComesLast) {
  OrderedResults results(std::array<std::size_t, 1>{2});
  ASSERT_TRUE(results.wait_for_room(0));
  results.reserve(0);
  results.note(0, "first");
  results.note(0, "second");
  results.end(0, "why");
  EXPECT_EQ(next_of(results), "0:note first");
  EXPECT_EQ(next_of(results), "0:note second");
  auto next = std::async(std::launch::async, [&] { return next_of(results); });
  results.finish(0, 0);
  EXPECT_EQ(next.get(), "0:result ");
  EXPECT_EQ(next_of(results), "0:end why");
}

TEST(OrderedResults, ThePictureOfATakenResultIsUsedAgain) {
  OrderedResults results(std::array<std::size_t, 1>{1});
  PictureResult result;
  std::set<const unsigned char*> memory;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(results.wait_for_room(0));
    const std::size_t index = results.reserve(0);
    results.at(0, index).picture.create(8, 8, CV_8UC3);
    memory.insert(results.at(0, index).picture.data);
    results.finish(0, index);
    ASSERT_TRUE(results.take(result));
    EXPECT_EQ(result.picture.size(), cv::Size(8, 8));
  }
  EXPECT_EQ(memory.size(), 2U) << "the one that was taken last, and the one under way";
}

}  // namespace
}  // namespace inferqueue::pipeline
