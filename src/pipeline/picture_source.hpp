// Picture files as a source: read by several threads, given in their order.
//
// Invariants (under mutex_):
//  1. Picture i belongs to results_[i % size] from its claim, by one reader, until it is given. Of those between given_
//     and claimed_ there are at most size, so that no two share a place.
//  2. A result that is_read_ is touched by next() only; another one only by the reader that has claimed it, without the
//     mutex.
#pragma once

#include <cstddef>
#include <exception>
#include <filesystem>
#include <span>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "pipeline/frame_source.hpp"
#include "pipeline/picture.hpp"

namespace inferqueue::pipeline {

/// Reads ahead, because decoding a picture may take as long as inferring it, and one thread is then not enough to keep
/// the queue busy. One that can't be read is a frame with an error. Thread rules: as FrameSource.
class PictureSource final : public FrameSource {
 public:
  /// As many readers as the process may use CPUs, but no more than this: each holds a decoded picture.
  static constexpr std::size_t most_readers = 8;

  struct Options {
    std::size_t readers = 0;  ///< how many threads read at once; 0 for the default
    /// See PictureReader; by default no picture is reduced.
    // NOLINTNEXTLINE(readability-redundant-member-init): g++ warns where a member without an initializer is left out
    vision::Size reduce_for{};
  };

  /// The list must outlive it.
  explicit PictureSource(std::span<const std::filesystem::path> pictures) : PictureSource(pictures, Options()) {}
  PictureSource(std::span<const std::filesystem::path> pictures, const Options& options);
  /// Waits for the pictures that are being read.
  ~PictureSource() override;

  /// Waits for a picture to be read, also after a request to stop.
  Step next(PictureResult& result, const std::stop_token& stop) override;

 private:
  void start_reading();
  void read_ahead();
  /// Which picture a reader is to read; the number of pictures if there is nothing more to do.
  std::size_t claim();

  std::span<const std::filesystem::path> pictures_;
  const Options options_;
  std::size_t readers_;
  base::Mutex mutex_;
  base::CondVar given_changed_;
  base::CondVar read_changed_;
  std::vector<PictureResult> results_;
  std::vector<bool> is_read_ INFERQUEUE_GUARDED_BY(mutex_);
  std::size_t claimed_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  std::size_t given_ INFERQUEUE_GUARDED_BY(mutex_) = 0;
  bool stopped_ INFERQUEUE_GUARDED_BY(mutex_) = false;
  std::exception_ptr failure_ INFERQUEUE_GUARDED_BY(mutex_);  // of a reader, which has ended: next() throws it
  std::vector<std::jthread> threads_;                         // from the first next() on
};

}  // namespace inferqueue::pipeline
