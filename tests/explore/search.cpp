#include "explore/search.hpp"

#include <charconv>
#include <sstream>
#include <stdexcept>

namespace inferqueue::explore {

Search Search::replay(const std::string& schedule) {
  Search search(0, false);
  std::istringstream words(schedule);
  for (std::string word; words >> word;) {
    std::size_t position = 0;
    std::size_t taken = 0;
    const char* const end = word.data() + word.size();
    const auto [colon, no_position] = std::from_chars(word.data(), end, position);
    if (no_position != std::errc{} || colon == end || *colon != ':' || position < search.path_.size())
      throw std::invalid_argument("not a schedule: " + schedule);
    const auto [rest, no_number] = std::from_chars(colon + 1, end, taken);
    if (no_number != std::errc{} || rest != end) throw std::invalid_argument("not a schedule: " + schedule);
    search.path_.resize(position, Choice{.taken = 0, .count = 0, .costly = 0, .spent = 0});
    search.path_.push_back({.taken = taken, .count = 0, .costly = 0, .spent = 0});
  }
  return search;
}

std::size_t Search::choose(std::size_t count, std::uint64_t costly, std::uint64_t state) {
  if (position_ < path_.size()) {
    Choice& choice = path_[position_];
    if (choice.count == 0) choice.count = count;  // of a schedule that is replayed
    if (choice.count != count || choice.taken >= count) {
      diverged_ = true;
      return 0;
    }
    spent_ += cost(costly, choice.taken);
    ++position_;
    return choice.taken;
  }
  if (is_known_) return 0;
  const bool has_free = (~costly & ((std::uint64_t{1} << count) - 2)) != 0;
  if (spent_ == bound_ && !has_free) {
    was_cut_ = true;
  } else if (merge_ && !leads_to_new(state)) {
    is_known_ = true;
    ++merged_;
    return 0;
  }
  path_.push_back({.taken = 0, .count = count, .costly = costly, .spent = spent_});
  ++position_;
  return 0;
}

bool Search::leads_to_new(std::uint64_t state) {
  const unsigned left = bound_ - spent_;
  const auto [place, is_new] = seen_.try_emplace(state, left);
  if (is_new) return true;
  if (place->second >= left) return false;
  place->second = left;
  return true;
}

bool Search::next() {
  if (position_ < path_.size()) diverged_ = true;
  if (diverged_) return false;
  position_ = 0;
  spent_ = 0;
  is_known_ = false;
  for (; !path_.empty(); path_.pop_back()) {
    Choice& last = path_.back();
    while (++last.taken < last.count) {
      if (last.spent + cost(last.costly, last.taken) <= bound_) return true;
      was_cut_ = true;
    }
  }
  return false;
}

std::string Search::schedule() const {
  std::string text;
  for (std::size_t i = 0; i < path_.size(); ++i) {
    if (path_[i].taken == 0) continue;
    text += (text.empty() ? "" : " ") + std::to_string(i) + ':' + std::to_string(path_[i].taken);
  }
  return text;
}

}  // namespace inferqueue::explore
