#include "pipeline/ordered_results.hpp"

#include <utility>

namespace inferqueue::pipeline {

using base::MutexLock;

OrderedResults::OrderedResults(std::span<const std::size_t> sizes) : lines_(sizes.size()) {
  for (std::size_t i = 0; i < sizes.size(); ++i) lines_[i].ring.resize(sizes[i]);
}

bool OrderedResults::wait_for_room(std::size_t source) {
  MutexLock lock(mutex_);
  Line& line = lines_[source];
  while (!abandoned_ && line.reserved - line.delivered == line.ring.size()) line.room.wait(lock);
  return !abandoned_;
}

std::size_t OrderedResults::reserve(std::size_t source) {
  const MutexLock lock(mutex_);
  return lines_[source].reserved++;
}

PictureResult& OrderedResults::at(std::size_t source, std::size_t index) {
  const MutexLock lock(mutex_);
  Line& line = lines_[source];
  return line.ring[index % line.ring.size()].result;
}

void OrderedResults::finish(std::size_t source, std::size_t index) {
  const MutexLock lock(mutex_);
  Line& line = lines_[source];
  line.ring[index % line.ring.size()].finished = true;
  if (index == line.delivered) ready_.notify_one();
}

void OrderedResults::note(std::size_t source, std::string text) {
  const MutexLock lock(mutex_);
  lines_[source].notes.push_back(std::move(text));
  ready_.notify_one();
}

void OrderedResults::end(std::size_t source, std::string text) {
  const MutexLock lock(mutex_);
  lines_[source].ended = std::move(text);
  ready_.notify_one();
}

void OrderedResults::abandon() {
  const MutexLock lock(mutex_);
  abandoned_ = true;
  for (Line& line : lines_) line.room.notify_one();
}

std::optional<Delivery> OrderedResults::take_from(std::size_t source, PictureResult& result) {
  Line& line = lines_[source];
  if (!line.notes.empty()) {
    Delivery note{.kind = Delivery::Kind::note, .source = source, .text = std::move(line.notes.front())};
    line.notes.erase(line.notes.begin());
    return note;
  }
  if (Entry& next = line.ring[line.delivered % line.ring.size()]; line.delivered < line.reserved && next.finished) {
    ++line.delivered;
    result.begin_anew();
    std::swap(result, next.result);
    next.finished = false;
    line.room.notify_one();
    return Delivery{.kind = Delivery::Kind::result, .source = source};
  }
  if (line.ended && !line.told && line.delivered == line.reserved) {
    line.told = true;
    ++told_;
    return Delivery{.kind = Delivery::Kind::end, .source = source, .text = std::move(*line.ended)};
  }
  return std::nullopt;
}

std::optional<Delivery> OrderedResults::take(PictureResult& result) {
  MutexLock lock(mutex_);
  while (told_ < lines_.size()) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::size_t source = (turn_ + i) % lines_.size();
      if (auto taken = take_from(source, result)) {
        turn_ = source + 1;
        return taken;
      }
    }
    ready_.wait(lock);
  }
  return std::nullopt;
}

}  // namespace inferqueue::pipeline
