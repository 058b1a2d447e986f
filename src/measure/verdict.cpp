#include "measure/verdict.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>
#include <openvino/runtime/properties.hpp>

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
  // While a slot is handed over, or there are fewer of them than streams, the device has nothing to do.
  const auto streams = static_cast<double>(it.streams);
  if (it.requests < it.streams || it.in_device() < 0.85 * streams) return Kind::too_few_requests;
  const double idle = 1 - it.cpu_utilization - it.others_utilization;
  if (it.is_device_the_cpu && it.requests == it.streams && idle > 0.15) return Kind::too_few_requests;
  return Kind::device_limit;
}

bool is_queue(const Figures& it) {
  return it.mode == Mode::queue || it.mode == Mode::inference;
}

/// "the processors are busy for 98 % of the time".
std::string busy_text(const Figures& it) {
  std::string text = fmt::format("the processors are busy for {:.0f} % of the time", it.cpu_utilization * 100);
  if (it.others_utilization < 0.05) return text;
  return text + fmt::format(", and for {:.0f} % with other programs", it.others_utilization * 100);
}

std::string callback_text(const Figures& it) {
  if (is_queue(it))
    return fmt::format(
        "The callback is slow: it takes {:.0f} µs, and keeps the one thread that callbacks run on busy for {:.0f} % of "
        "the time. Do less in it, or give the queue callback threads of its own.",
        it.callback_s * 1e6, it.calling_back() * 100);
  return fmt::format(
      "Looking at the outputs is slow: it takes {:.0f} µs, {:.0f} % of the time of the only thread. Do less there, or "
      "do it in the callback of a queue, beside the inference.",
      it.callback_s * 1e6, it.calling_back() * 100);
}

std::string submitter_text(const Figures& it) {
  const std::string what = fmt::format(
      "The submitter doesn't keep up: of {} request{} {:.1f} are with the device at a time, while it waits for a slot "
      "{:.0f} % and writes inputs {:.0f} % of the time.",
      it.requests, it.requests == 1 ? "" : "s", it.in_device(), it.waiting() * 100, it.preparing() * 100);
  return what + (is_queue(it)
                     ? " Submit from several threads, or make the inputs ready sooner."
                     : " Make the inputs ready sooner, or take a queue, where that is done beside inferences.");
}

std::string requests_text(const Figures& it) {
  const std::string what = fmt::format(
      "There are too few requests in flight: of {} {:.1f} are with the device at a time, which has {} stream{}, and "
      "{}.",
      it.requests, it.in_device(), it.streams, it.streams == 1 ? "" : "s", busy_text(it));
  if (!is_queue(it)) return what + " Take a queue, which keeps as many in flight as the device has use for.";
  return what +
         fmt::format(" Give --nireq more, {} for instance.", std::max<std::size_t>(2 * it.streams, it.requests + 1));
}

std::string text_of(Verdict::Kind kind, const Figures& it) {
  using Kind = Verdict::Kind;
  switch (kind) {
    case Kind::quota_throttled:
      return fmt::format(
          "The container's CPU quota holds the process back: its threads were stopped for {:.0f} % of the time. Raise "
          "the quota, or give --nthreads as many threads as it allows.",
          it.throttled_share * 100);
    case Kind::callback_slow:
      return callback_text(it);
    case Kind::submitter_starved:
      return submitter_text(it);
    case Kind::too_few_requests:
      return requests_text(it);
    case Kind::device_limit:
      return fmt::format(
          "The device is at its limit: {:.1f} of {} request{} are with it at a time, and {}. More requests would "
          "only wait; a smaller model, a lower precision or a batch, if the model takes one, may help.",
          it.in_device(), it.requests, it.requests == 1 ? "" : "s", busy_text(it));
  }
  return {};
}

}  // namespace

Figures figures_of(const Cell& cell, const std::string& device) {
  const Recording& times = *cell.recording;
  double wall_s = 0;
  double throttled_s = 0;
  for (const Sample& sample : cell.samples) {
    wall_s += sample.took.wall_s;
    throttled_s += sample.throttled_s;
  }
  // The kernel adds up the times of all processors.
  const double could_run_s = wall_s * std::max(1.0, std::ceil(cell.processors));
  return {.mode = cell.mode,
          .requests_per_s = wall_s > 0 ? static_cast<double>(times.latency().count()) / wall_s : 0,
          .requests = cell.requests,
          .streams = cell.streams,
          .wait_s = mean_s(times.wait()),
          .prepare_s = mean_s(times.prepare()),
          .service_s = mean_s(times.service()),
          .callback_s = mean_s(times.callback()),
          .cpu_utilization = cell.cpu_utilization(),
          .others_utilization = cell.others_utilization().value_or(0),
          .throttled_share = wall_s > 0 ? std::min(1.0, throttled_s / could_run_s) : 0,
          .is_device_the_cpu = device == "CPU"};
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

std::optional<int> capped_threads(const machine::CpuLimits& limits, const pipeline::DeviceOptions& device) {
  const bool is_asked_for = device.threads || device.properties.contains(ov::inference_num_threads.name());
  if (is_asked_for || device.device != "CPU" || limits.threads() >= limits.usable) return std::nullopt;
  return static_cast<int>(limits.threads());
}

}  // namespace inferqueue::measure
