#include "cli/progress.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/output.hpp"

namespace inferqueue::cli {

using Clock = std::chrono::steady_clock;

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1), begun_(Clock::now()) {}

Progress::~Progress() {
  clear();
}

bool Progress::is_time(bool last) {
  const auto now = Clock::now();
  if (!terminal_ || (shown_ && !last && now - drawn_ < std::chrono::milliseconds(100))) return false;
  drawn_ = now;
  return true;
}

void Progress::draw(std::string bar) {
  bar_ = std::move(bar);
  put(stderr, "\r\033[K" + bar_);
  shown_ = true;
}

void Progress::show(double share, std::string_view what) {
  if (!is_time(share >= 1)) return;
  constexpr int width = 30;
  const int full = std::clamp(static_cast<int>(share * width), 0, width);
  const double elapsed = std::chrono::duration<double>(drawn_ - begun_).count();
  const std::string remaining =
      share > 0 ? fmt::format("{:.0f} s left", std::ceil(elapsed * (1 - share) / share)) : std::string();
  std::string filled;
  for (int i = 0; i < width; ++i) filled += i < full ? "█" : "░";
  draw(fmt::format("{} {:3.0f} % {} {}", filled, share * 100, what, remaining));
}

void Progress::show_text(std::string_view what) {
  if (is_time(false)) draw(std::string(what));
}

void Progress::show(std::size_t done, std::size_t all) {
  show(static_cast<double>(done) / static_cast<double>(all), fmt::format("{}/{}", done, all));
}

void Progress::say(std::string_view message) {
  line(stderr, fmt::format("inferqueue: {}", message));
}

void Progress::line(std::FILE* file, std::string_view text) {
  const bool redraw = shown_;
  clear();
  put(file, printable(text) + "\n");
  if (redraw) {
    put(stderr, bar_);
    shown_ = true;
  }
}

void Progress::clear() {
  if (!shown_) return;
  put(stderr, "\r\033[K");
  shown_ = false;
}

}  // namespace inferqueue::cli
