#include "cli/bench_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/output.hpp"

namespace inferqueue::cli {
namespace {

using measure::Cell;
using measure::Mode;

std::string_view title(Mode mode) {
  switch (mode) {
    case Mode::sync:
      return "one request";
    case Mode::two_requests:
      return "two requests";
    case Mode::queue:
      return "queue";
    case Mode::inference:
      return "inference";
  }
  return "?";
}

/// A bar of eighths of a character, so that small differences show.
std::string bar(double share, int width) {
  static constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto units = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * width * 8));
  std::string text;
  for (std::size_t i = 0; i < units / 8; ++i) text += "█";
  return text + std::string(eighths[units % 8]);
}

void add_table(std::string& text, std::span<const Cell> cells) {
  text += fmt::format("  {:<12} {:<21} {:>8} {:>11}  {:<15} {:>5}\n", "mode", "hint", "requests", "pictures/s",
                      "least–most", "CPU");
  for (const Cell& cell : cells) {
    const measure::Spread rate = cell.rate();
    text +=
        fmt::format("  {:<12} {:<21} {:>8} {:>11.1f}  {:<15} {:>3.0f} %\n", title(cell.mode), cell.hint, cell.requests,
                    rate.median, fmt::format("{:.1f}–{:.1f}", rate.min, rate.max), cell.cpu_utilization() * 100);
  }
}

void add_bars(std::string& text, std::span<const Cell> cells) {
  double most = 0;
  for (const Cell& cell : cells) most = std::max(most, cell.rate().median);
  for (const Cell& cell : cells)
    text += fmt::format("  {:<12} {:<21} {} {:.1f}\n", title(cell.mode), cell.hint, bar(cell.rate().median / most, 40),
                        cell.rate().median);
}

std::string ratio_text(const measure::Spread& ratio) {
  return fmt::format("{:.2f} ({:.2f}–{:.2f})", ratio.median, ratio.min, ratio.max);
}

/// "two requests give 1.18 (1.15–1.20) times one request", and says so where there is no gain.
void add_gain(std::string& text, const Cell& better, const Cell& base, bool name_hints) {
  const measure::Verdict verdict = measure::compare_rates(better, base);
  const auto name = [&](const Cell& cell) {
    return name_hints ? fmt::format("{} ({})", title(cell.mode), cell.hint) : std::string(title(cell.mode));
  };
  std::string judgement;
  if (!verdict.beyond_noise)
    judgement = base.samples.size() > 1 ? ": no difference beyond the noise" : " (one round: no spread)";
  else if (verdict.ratio.median < 1)
    judgement = ": slower";
  text += fmt::format("  {} / {}: {}{}\n", name(better), name(base), ratio_text(verdict.ratio), judgement);
}

constexpr std::array<std::pair<Mode, Mode>, 3> pairs{
    {{Mode::two_requests, Mode::sync}, {Mode::queue, Mode::two_requests}, {Mode::queue, Mode::sync}}};

void add_headline(std::string& text, std::span<const Cell> cells) {
  text += fmt::format("\nEach mode under its own best hint, ratio of pictures/s (least–most of the rounds):\n");
  for (const auto& [better, base] : pairs) {
    const Cell* a = measure::best_of(cells, better);
    const Cell* b = measure::best_of(cells, base);
    if (a != nullptr && b != nullptr) add_gain(text, *a, *b, true);
  }
}

void add_same_hint(std::string& text, std::span<const Cell> cells) {
  std::vector<std::string> hints;
  for (const Cell& cell : cells)
    if (std::ranges::find(hints, cell.hint) == hints.end()) hints.push_back(cell.hint);
  for (const std::string& hint : hints) {
    text += fmt::format("Same hint, {}:\n", hint);
    for (const auto& [better, base] : pairs) {
      const Cell* a = measure::find(cells, better, hint);
      const Cell* b = measure::find(cells, base, hint);
      if (a != nullptr && b != nullptr) add_gain(text, *a, *b, false);
    }
  }
}

}  // namespace

std::string comparison_text(const BenchSubject& subject, std::span<const Cell> cells) {
  std::string text;
  text += fmt::format("{} on {}: letterbox, inference and NMS of {} picture{} in memory, {} round{}, median\n\n",
                      printable(subject.model), subject.device, subject.pictures, subject.pictures == 1 ? "" : "s",
                      cells.front().samples.size(), cells.front().samples.size() == 1 ? "" : "s");
  add_table(text, cells);
  text += '\n';
  add_bars(text, cells);
  if (cells.size() == 1) return text;
  add_headline(text, cells);
  add_same_hint(text, cells);
  return text;
}

nlohmann::ordered_json to_json(const BenchSubject& subject, std::span<const Cell> cells) {
  nlohmann::ordered_json runs = nlohmann::ordered_json::array();
  for (const Cell& cell : cells) {
    const measure::Spread rate = cell.rate();
    runs.push_back({{"mode", measure::to_string(cell.mode)},
                    {"hint", cell.hint},
                    {"nireq", cell.requests},
                    {"images_per_s", rate.median},
                    {"images_per_s_min", rate.min},
                    {"images_per_s_max", rate.max},
                    {"cpu_s_per_image", cell.cpu_s_per_image()},
                    {"cpu_utilization", cell.cpu_utilization()}});
  }
  return {{"schema_version", 1},
          {"model", subject.model},
          {"device", subject.device},
          {"pictures", subject.pictures},
          {"runs", std::move(runs)}};
}

}  // namespace inferqueue::cli
