#include <array>
#include <cstdio>
#include <utility>

#include <inferqueue/error.hpp>
#include <inferqueue/report.hpp>

namespace inferqueue {
namespace {

/// Without fmt, which the library doesn't need otherwise.
std::string seconds(std::chrono::nanoseconds duration) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", std::chrono::duration<double>(duration).count());
  return text.data();
}

std::string count(std::size_t number, const char* one) {
  return std::to_string(number) + ' ' + one + (number == 1 ? "" : "s");
}

std::string to_string(const SlotReport& slot) {
  std::string text = "slot " + std::to_string(slot.slot) + ' ' + to_string(slot.state);
  if (slot.request != 0) text += " request " + std::to_string(slot.request);
  return text + " for " + seconds(slot.duration);
}

}  // namespace

const char* to_string(SlotState state) noexcept {
  switch (state) {
    case SlotState::idle:
      return "idle";
    case SlotState::leased:
      return "leased";
    case SlotState::running:
      return "running";
    case SlotState::finishing:
      return "finishing";
    case SlotState::abandoned:
      return "abandoned";
  }
  return "unknown";
}

std::string to_string(const QueueReport& report) {
  constexpr std::size_t most_named = 16;
  std::string text;
  std::size_t idle = 0;
  std::size_t busy = 0;
  for (const SlotReport& slot : report.slots) {
    if (slot.state == SlotState::idle) {
      ++idle;
    } else if (++busy <= most_named) {
      text += to_string(slot) + ", ";
    }
  }
  if (busy > most_named) text += std::to_string(busy - most_named) + " more, ";
  text += std::to_string(idle) + " idle; " + count(report.pending, "request") + " and " +
          count(report.waiting, "thread") + (report.pending + report.waiting == 1 ? " waits" : " wait") +
          " for a slot; " + count(report.unfinished, "request") + (report.unfinished == 1 ? " is" : " are") +
          " unfinished";
  return text;
}

TimeoutError::TimeoutError(std::chrono::nanoseconds waited, const std::string& awaited, QueueReport report)
    : Error(Errc::timed_out, "waited " + seconds(waited) + " for " + awaited + ": " + to_string(report)),
      report_(std::make_shared<const QueueReport>(std::move(report))) {}

}  // namespace inferqueue
