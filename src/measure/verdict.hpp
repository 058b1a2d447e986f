// What limits the throughput.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "machine/cpu_limits.hpp"
#include "measure/comparison.hpp"

namespace inferqueue::measure {

/// Of one cell: means over its requests, in seconds.
struct Figures {
  Mode mode = Mode::queue;
  double requests_per_s = 0;
  std::size_t requests = 0;  ///< infer requests
  std::size_t streams = 0;   ///< 0 where the device doesn't tell
  double wait_s = 0;
  double prepare_s = 0;
  double service_s = 0;
  double callback_s = 0;
  double cpu_utilization = 0;
  double others_utilization = 0;  ///< what others took of the processors; 0 where that isn't known
  double throttled_share = 0;     ///< of the time of the processors of a quota, that it kept threads from running
  bool is_device_the_cpu = true;  ///< so that idle processors mean an idle device

  /// How many requests are with the device at a time, by Little's law.
  double in_device() const { return requests_per_s * service_s; }
  /// Of the time of the one thread that submits, how much goes into inputs, and into waiting for a slot.
  double preparing() const { return requests_per_s * prepare_s; }
  double waiting() const { return requests_per_s * wait_s; }
  /// Of the time of the one thread that callbacks run on; of the only thread, without the queue.
  double calling_back() const { return requests_per_s * callback_s; }
};
/// `device` as DeviceOptions::device.
Figures figures_of(const Cell& cell, const std::string& device);

struct Verdict {
  enum class Kind { submitter_starved, callback_slow, too_few_requests, quota_throttled, device_limit };
  Kind kind = Kind::device_limit;
  std::string text;  ///< two sentences, with the figures
  Figures figures;
};
/// "submitter_starved".
const char* to_string(Verdict::Kind kind) noexcept;

/// In this order: the quota took 2 % of the time; callbacks keep their thread busy for half of it; slots are idle for a
/// fifth while the submitter hardly waits for one; there are fewer requests than
/// streams, or fewer than 0.85 of the streams are at work, or there are as many while processors of a CPU are idle;
/// else the device is at its limit. Thread rules: a pure function.
Verdict judge(const Figures& figures);

/// The threads that the CPU is to be given where a quota allows fewer than OpenVINO would start, which counts the
/// processors of the affinity alone; nothing where there is no need, or somebody asked for a number, by option or by
/// property. Thread rules: a pure function.
std::optional<int> capped_threads(const machine::CpuLimits& limits, const pipeline::DeviceOptions& device);

}  // namespace inferqueue::measure
