#include "pipeline/picture_source.hpp"

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "pipeline/error_text.hpp"

namespace inferqueue::pipeline {
namespace {

using base::MutexLock;

void read_into(PictureReader& reader, const std::filesystem::path& path, PictureResult& result) {
  result.source = path;
  try {
    result.picture = reader.read(path, std::move(result.picture));
    result.geometry.source = reader.size();
    result.warning = reader.warning();
  } catch (...) {
    result.picture.release();
    result.error = error_text(std::current_exception());
  }
}

}  // namespace

PictureSource::PictureSource(std::span<const std::filesystem::path> pictures, const Options& options)
    : pictures_(pictures), options_(options), readers_(options.readers) {
  if (readers_ == 0) readers_ = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_readers);
  readers_ = std::min(readers_, pictures_.size());
  results_.resize(readers_ + 1);  // so that each has one to go on with while one is taken
  is_read_.resize(results_.size());
}

PictureSource::~PictureSource() {
  const MutexLock lock(mutex_);
  stopped_ = true;
  given_changed_.notify_all();
}

Step PictureSource::next(PictureResult& result, const std::stop_token& stop) {
  if (threads_.empty()) start_reading();
  MutexLock lock(mutex_);
  if (stop.stop_requested() || given_ == pictures_.size()) return {.kind = Step::Kind::end};
  const std::size_t place = given_ % results_.size();
  while (!is_read_[place] && !failure_) read_changed_.wait(lock);
  if (!is_read_[place]) std::rethrow_exception(failure_);
  std::swap(result, results_[place]);
  is_read_[place] = false;
  ++given_;
  given_changed_.notify_one();
  return {.kind = Step::Kind::frame};
}

/// Throws where there is not a single thread to be had.
void PictureSource::start_reading() {
  threads_.reserve(readers_);
  for (std::size_t i = 0; i < readers_; ++i) {
    try {
      threads_.emplace_back([this] { read_ahead(); });
    } catch (const std::system_error&) {
      if (threads_.empty()) throw;
      return;  // fewer do as well
    }
  }
}

/// What is wrong with a picture is its result; what comes out of that, for want of memory, is the source's failure.
void PictureSource::read_ahead() try {
  PictureReader reader;
  reader.reduce_for(options_.reduce_for);
  for (std::size_t i = claim(); i < pictures_.size(); i = claim()) {
    const std::size_t place = i % results_.size();
    read_into(reader, pictures_[i], results_[place]);
    const MutexLock lock(mutex_);
    is_read_[place] = true;
    read_changed_.notify_one();
  }
} catch (...) {
  const MutexLock lock(mutex_);
  failure_ = std::current_exception();
  read_changed_.notify_one();
}

std::size_t PictureSource::claim() {
  MutexLock lock(mutex_);
  while (!stopped_ && claimed_ < pictures_.size() && claimed_ - given_ == results_.size()) given_changed_.wait(lock);
  return stopped_ || claimed_ == pictures_.size() ? pictures_.size() : claimed_++;
}

}  // namespace inferqueue::pipeline
