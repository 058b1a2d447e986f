#include "measure/verdict.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace inferqueue::measure {
namespace {

double mean_s(const Histogram& times) {
  return std::chrono::duration<double>(times.mean()).count();
}

Verdict::Kind kind_of(const Figures& it) {
  using Kind = Verdict::Kind;
  if (it.throttled_share > 0.02) return Kind::quota_throttled;
  if (it.calling_back() >= 0.5) return Kind::callback_slow;
  const double busy = it.in_device() + it.calling_back();
  if (busy < 0.8 * static_cast<double>(it.requests) && it.waiting() < 0.2) return Kind::submitter_starved;
  if (it.requests < it.streams) return Kind::too_few_requests;
  if (it.requests == it.streams && it.cpu_utilization < 0.85) return Kind::too_few_requests;
  return Kind::device_limit;
}

std::string text_of(Verdict::Kind kind, const Figures& it) {
  using Kind = Verdict::Kind;
  switch (kind) {
    case Kind::quota_throttled:
      return fmt::format(
          "The container's CPU quota holds the process back: it was stopped for {:.0f} % of the time. Raise the quota, "
          "or "
          "give --nthreads as many threads as it allows.",
          it.throttled_share * 100);
    case Kind::callback_slow:
      return fmt::format(
          "The callback is slow: it takes {:.0f} µs, and keeps the one thread that callbacks run on busy for {:.0f} % "
          "of "
          "the time. Do less in it, or give the queue callback threads of its own.",
          it.callback_s * 1e6, it.calling_back() * 100);
    case Kind::submitter_starved:
      return fmt::format(
          "The submitter doesn't keep up: of {} requests {:.1f} are with the device at a time, while it waits for a "
          "slot "
          "{:.0f} % and writes inputs {:.0f} % of the time. Submit from several threads, or make the inputs ready "
          "sooner.",
          it.requests, it.in_device(), it.waiting() * 100, it.preparing() * 100);
    case Kind::too_few_requests:
      return fmt::format(
          "There are too few requests in flight: {} for {} streams, and the processors are busy for {:.0f} % of the "
          "time. Give --nireq more, {} for instance.",
          it.requests, it.streams, it.cpu_utilization * 100, std::max<std::size_t>(2 * it.streams, it.requests + 1));
    case Kind::device_limit:
      return fmt::format(
          "The device is at its limit: {:.1f} of {} requests are with it at a time, and the processors are busy for "
          "{:.0f} % of the time. More requests would only wait; a smaller model, a lower precision or a batch may "
          "help.",
          it.in_device(), it.requests, it.cpu_utilization * 100);
  }
  return {};
}

}  // namespace

Figures figures_of(const Cell& cell) {
  const Recording& times = *cell.recording;
  double wall_s = 0;
  double throttled_s = 0;
  for (const Sample& sample : cell.samples) {
    wall_s += sample.took.wall_s;
    throttled_s += sample.throttled_s;
  }
  return {.requests_per_s = wall_s > 0 ? static_cast<double>(times.latency().count()) / wall_s : 0,
          .requests = cell.requests,
          .streams = cell.streams,
          .wait_s = mean_s(times.wait()),
          .prepare_s = mean_s(times.prepare()),
          .service_s = mean_s(times.service()),
          .callback_s = mean_s(times.callback()),
          .cpu_utilization = cell.cpu_utilization(),
          .throttled_share = wall_s > 0 ? throttled_s / wall_s : 0};
}

const char* to_string(Verdict::Kind kind) noexcept {
  switch (kind) {
    case Verdict::Kind::submitter_starved:
      return "submitter_starved";
    case Verdict::Kind::callback_slow:
      return "callback_slow";
    case Verdict::Kind::too_few_requests:
      return "too_few_requests";
    case Verdict::Kind::quota_throttled:
      return "quota_throttled";
    case Verdict::Kind::device_limit:
      return "device_limit";
  }
  return "unknown";
}

Verdict judge(const Figures& figures) {
  const Verdict::Kind kind = kind_of(figures);
  return {kind, text_of(kind, figures), figures};
}

std::optional<int> capped_threads(const machine::CpuLimits& limits, const std::string& device,
                                  std::optional<int> asked) {
  if (asked || device != "CPU" || limits.threads() >= limits.usable) return std::nullopt;
  return static_cast<int>(limits.threads());
}

}  // namespace inferqueue::measure
