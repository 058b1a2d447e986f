#include "measure/recording.hpp"

#include <algorithm>

namespace inferqueue::measure {
namespace {

constexpr double stretches_a_round = 20;

double seconds(Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void Recording::begin(Clock::time_point now, Clock::duration expected) {
  begin_ = now;
  width_s_ = std::max(seconds(expected) / stretches_a_round, 1e-3);
  round_at_ = stretches_.size();
  ring_.clear();
  next_ = 0;
}

void Recording::add(const RequestTimes& times, std::size_t items) {
  wait_.record(times.granted - times.wanted);
  prepare_.record(times.started - times.granted);
  service_.record(times.completed - times.started);
  callback_.record(times.returned - times.completed);
  latency_.record(times.completed - times.wanted);
  stretch_at(seconds(times.completed - begin_)).items += items;
  if (ring_.size() < most_kept)
    ring_.push_back(times);
  else
    ring_[next_] = times;
  next_ = (next_ + 1) % most_kept;
}

/// That of a moment of the round; those before it are there too, with nothing in them.
Recording::Stretch& Recording::stretch_at(double s) {
  const std::size_t at = round_at_ + static_cast<std::size_t>(std::max(0.0, s / width_s_));
  while (stretches_.size() <= at) {
    const double from = static_cast<double>(stretches_.size() - round_at_) * width_s_;
    stretches_.push_back({.middle_s = before_s_ + from + width_s_ / 2, .width_s = width_s_, .items = 0});
  }
  return stretches_[at];
}

void Recording::end(Clock::time_point now) {
  const double took = seconds(now - begin_);
  // The last stretch ends with the round. Where nothing was completed any more there is one as well.
  Stretch& last = stretch_at(took);
  const double from = static_cast<double>(stretches_.size() - 1 - round_at_) * width_s_;
  last.width_s = std::max(0.0, took - from);
  last.middle_s = before_s_ + from + last.width_s / 2;
  before_s_ += took;
}

std::vector<std::pair<double, double>> Recording::over_time() const {
  std::vector<std::pair<double, double>> points;
  for (const Stretch& stretch : stretches_) {
    // What is left of a round may be too short to tell a rate.
    if (stretch.width_s < width_s_ / 4) continue;
    points.emplace_back(stretch.middle_s, static_cast<double>(stretch.items) / stretch.width_s);
  }
  return points;
}

std::vector<RequestTimes> Recording::latest() const {
  std::vector<RequestTimes> times = ring_;
  std::ranges::sort(times, {}, [](const RequestTimes& it) { return std::pair(it.completed, it.request); });
  return times;
}

double estimate_service_s(std::vector<RequestTimes> requests, std::size_t streams) {
  if (requests.empty()) return 0;
  std::vector<Clock::time_point> completions;
  completions.reserve(requests.size());
  for (const RequestTimes& times : requests) completions.push_back(times.completed);
  std::ranges::sort(completions);
  std::ranges::sort(requests, {}, [](const RequestTimes& it) { return std::pair(it.started, it.completed); });
  std::vector<double> service;
  for (std::size_t n = 0; n < requests.size(); ++n) {
    Clock::time_point from = requests[n].started;
    if (n >= streams) from = std::max(from, completions[n - streams]);
    if (from < requests[n].completed) service.push_back(seconds(requests[n].completed - from));
  }
  if (service.empty()) return 0;
  const auto middle = service.begin() + static_cast<std::ptrdiff_t>(service.size() / 2);
  std::ranges::nth_element(service, middle);
  return *middle;
}

}  // namespace inferqueue::measure
