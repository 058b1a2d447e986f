// What a queue has done so far: counts of outcomes, and how long requests took.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include <inferqueue/export.hpp>

namespace inferqueue {

/// Durations in buckets whose width is at most 1/32 of their values: whole nanoseconds up to 64 ns, and up to about 36
/// minutes (2^41 ns), above which all fall into the last. After the idea of HdrHistogram (Gil Tene): 32 equal buckets
/// for each power of two. Recording costs a few instructions and no memory. Thread rules: as an int.
class INFERQUEUE_API Histogram {
 public:
  void record(std::chrono::nanoseconds duration) noexcept {
    const auto ns = duration.count() < 0 ? 0 : static_cast<std::uint64_t>(duration.count());
    ++buckets_[bucket_of(ns)];
    ++count_;
    sum_ += ns;
    max_ = std::max(max_, ns);
    min_ = std::min(min_, ns);
  }

  std::uint64_t count() const noexcept { return count_; }
  /// 0 where nothing was recorded, as the others are.
  std::chrono::nanoseconds min() const noexcept { return as_duration(count_ == 0 ? 0 : min_); }
  std::chrono::nanoseconds max() const noexcept { return as_duration(max_); }
  std::chrono::nanoseconds mean() const noexcept { return as_duration(count_ == 0 ? 0 : sum_ / count_); }
  /// A duration that `percent` of 100 of those recorded do not exceed: the upper bound of the bucket that holds it, so
  /// at most 1/32 too much. 50 is the median. Values outside 0 to 100 are taken as the nearer of the two.
  std::chrono::nanoseconds percentile(double percent) const noexcept;

  /// Calls f(lower, upper, count) for every bucket that holds something, in order: lower <= duration < upper.
  template <class F>
  void for_each_bucket(F f) const {
    for (std::size_t i = 0; i < buckets_.size(); ++i)
      if (buckets_[i] != 0) f(as_duration(lower_bound(i)), as_duration(lower_bound(i + 1)), buckets_[i]);
  }

 private:
  static constexpr unsigned sub_bits = 5;
  static constexpr std::uint64_t sub_buckets = 1U << sub_bits;
  static constexpr unsigned octaves = 36;

  static std::chrono::nanoseconds as_duration(std::uint64_t ns) noexcept {
    return std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(ns));
  }
  static std::size_t bucket_of(std::uint64_t ns) noexcept {
    if (ns < sub_buckets) return static_cast<std::size_t>(ns);
    const auto octave = static_cast<unsigned>(std::bit_width(ns)) - sub_bits;  // 1 for the first beyond the linear part
    if (octave > octaves) return (octaves + 1) * sub_buckets - 1;
    return static_cast<std::size_t>(octave * sub_buckets + ((ns >> (octave - 1)) - sub_buckets));
  }
  static std::uint64_t lower_bound(std::size_t bucket) noexcept {
    if (bucket < sub_buckets) return bucket;
    const std::size_t octave = bucket / sub_buckets;
    return (bucket % sub_buckets + sub_buckets) << (octave - 1);
  }

  std::array<std::uint64_t, (octaves + 1) * sub_buckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
  std::uint64_t min_ = UINT64_MAX;
};

/// Everything is of the same moment: accepted == values + errors + cancelled + expired + dropped + unfinished.
/// Thread rules: a value.
struct Statistics {
  std::uint64_t accepted = 0;
  // Outcomes, counted when the callback has returned.
  std::uint64_t values = 0;
  std::uint64_t errors = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t expired = 0;
  std::uint64_t dropped = 0;
  std::uint64_t abandoned = 0;  ///< how many of the errors

  // Submissions that were refused, for want of a slot or because the queue is closed, by what they were told.
  std::uint64_t refused_full = 0;
  std::uint64_t refused_timed_out = 0;  ///< also those that were asked to stop
  std::uint64_t refused_closed = 0;

  // At this moment.
  std::uint64_t unfinished = 0;  ///< accepted, without an outcome or in their callback
  std::size_t pending = 0;       ///< of these, waiting for a slot
  std::size_t running = 0;       ///< of these, with the device
  std::size_t idle = 0;          ///< idle slots
  std::size_t held = 0;          ///< abandoned requests that the device has not let go yet

  // Of the requests that ran and have their outcome.
  Histogram wait;      ///< from the submission to the start of the inference
  Histogram service;   ///< from there to its completion
  Histogram callback;  ///< how long the callback ran
};

/// Abandoned requests that devices have not let go yet, of all queues of this process, those among them that are gone.
/// Thread rules: any thread.
INFERQUEUE_API std::size_t abandoned_requests_held() noexcept;

}  // namespace inferqueue
