#include "cli/progress.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/output.hpp"

namespace inferqueue::cli {

using Clock = std::chrono::steady_clock;

Progress::Progress(Clock::duration line_every)
    : terminal_(::isatty(STDERR_FILENO) == 1), line_every_(line_every), begun_(Clock::now()), drawn_(begun_) {}

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
  if (!terminal_) return show_plain(share, what);
  if (!is_time(share >= 1)) return;
  constexpr int width = 30;
  const int full = std::clamp(static_cast<int>(share * width), 0, width);
  std::string filled;
  for (int i = 0; i < width; ++i) filled += i < full ? "█" : "░";
  draw(fmt::format("{} {:3.0f} % {}{}", filled, share * 100, what, remaining(share, " ")));
}

void Progress::show_plain(double share, std::string_view what) {
  const auto now = Clock::now();
  if (now - drawn_ < line_every_) return;
  drawn_ = now;
  put(stderr, fmt::format("inferqueue: {}: {:.0f} %{}\n", what, share * 100, remaining(share, ", ")));
}

std::string Progress::remaining(double share, std::string_view before) const {
  if (share <= 0) return {};
  const double elapsed = std::chrono::duration<double>(drawn_ - begun_).count();
  return fmt::format("{}{:.0f} s left", before, std::ceil(elapsed * (1 - share) / share));
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
