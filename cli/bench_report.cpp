#include "cli/bench_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

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

std::string row_name(const Cell& cell) {
  return fmt::format("{:<12} {:<21}", title(cell.mode), hint_text(cell.hint));
}

/// The same with what tells the cells of a curve or an open loop apart.
std::string row_name(const Cell& cell, const BenchReport& report) {
  if (cell.rate) return fmt::format("{} {:>10.1f}", row_name(cell), *cell.rate);
  return row_name(cell) + (report.is_curve ? fmt::format(" {:>8}", cell.requests) : "");
}

/// What stands above it.
std::string row_heading(const BenchReport& report) {
  const std::string names = fmt::format("{:<12} {:<21}", "mode", "hint");
  if (report.measured.cells.front().rate) return fmt::format("{} {:>10}", names, fmt::format("{}/s", items_of(report)));
  return names + (report.is_curve ? fmt::format(" {:>8}", "requests") : "");
}

void add_table(std::string& text, const BenchReport& report) {
  text += fmt::format("  {:<12} {:<21} {:>8} {:>11}  {:<15} {:>5}\n", "mode", "hint", "requests",
                      fmt::format("{}/s", items_of(report)), "interval", "CPU");
  for (const Cell& cell : report.measured.cells) {
    const measure::Spread rate = cell.throughput();
    text += fmt::format("  {} {:>8} {:>11.1f}  {:<15} {:>3.0f} %\n", row_name(cell), cell.requests, rate.median,
                        fmt::format("{:.1f}–{:.1f}", rate.low, rate.high), cell.cpu_utilization() * 100);
  }
}

void add_bars(std::string& text, const BenchReport& report) {
  const auto& cells = report.measured.cells;
  double most = 0;
  for (const Cell& cell : cells) most = std::max(most, cell.throughput().median);
  for (const Cell& cell : cells) {
    const double rate = cell.throughput().median;
    text += fmt::format("  {} {} {:.1f}\n", row_name(cell, report), bar(most > 0 ? rate / most : 0, 40), rate);
  }
}

std::string ratio_text(const measure::Spread& ratio) {
  return fmt::format("{:.2f} ({:.2f}–{:.2f})", ratio.median, ratio.low, ratio.high);
}

/// "queue / one request: 1.18 (1.15–1.20)", and says so where there is no gain.
void add_gain(std::string& text, const Cell& better, const Cell& base, bool name_hints) {
  const auto name = [&](const Cell& cell) {
    return name_hints ? fmt::format("{} ({})", title(cell.mode), hint_text(cell.hint)) : std::string(title(cell.mode));
  };
  const auto gain = measure::compare_rates(better, base);
  std::string judgement;
  if (!gain)
    judgement = "nothing to compare, where every inference of a round failed";
  else if (base.samples.size() == 1)
    judgement = ratio_text(gain->ratio) + " (one round: no interval)";
  else if (!gain->is_known)
    judgement =
        fmt::format("{}: {} rounds are too few to tell it from noise", ratio_text(gain->ratio), base.samples.size());
  else if (!gain->beyond_noise)
    judgement = ratio_text(gain->ratio) + ": no difference beyond the noise";
  else
    judgement = ratio_text(gain->ratio) + (gain->ratio.median < 1 ? ": slower" : "");
  text += fmt::format("  {} / {}: {}\n", name(better), name(base), judgement);
}

void add_headline(std::string& text, const BenchReport& report) {
  text += fmt::format(
      "\nEach mode under its own best hint, ratio of {}/s, taken round by round (interval of its median):\n",
      items_of(report));
  const auto& cells = report.measured.cells;
  for (const auto& [better, base] : compared_modes) {
    const Cell* a = measure::best_of(cells, better);
    const Cell* b = measure::best_of(cells, base);
    if (a != nullptr && b != nullptr) add_gain(text, *a, *b, true);
  }
}

void add_same_hint(std::string& text, std::span<const Cell> cells) {
  for (const std::string& hint : hints_of(cells)) {
    text += fmt::format("Same hint, {}:\n", hint_text(hint));
    for (const auto& [better, base] : compared_modes) {
      const Cell* a = measure::find(cells, better, hint);
      const Cell* b = measure::find(cells, base, hint);
      if (a != nullptr && b != nullptr) add_gain(text, *a, *b, false);
    }
  }
}

double us(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

void add_latencies(std::string& text, const BenchReport& report) {
  const auto& cells = report.measured.cells;
  text +=
      fmt::format("\nLatency in µs, from the wish to submit to the completion, and what it is made of (medians):\n");
  text += fmt::format("  {} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10} {:>10}\n", row_heading(report),
                      fmt::format("p{}", report.percentile), "p99", "p99.9", "max", "wait", "service", "device",
                      "callback");
  for (const Cell& cell : cells) {
    const measure::Recording& times = *cell.recording;
    const Histogram& latency = times.latency();
    text += fmt::format("  {} {:>10.0f} {:>10.0f} {:>10.0f} {:>10.0f} {:>10.0f} {:>10.0f} {:>10.0f} {:>10.0f}\n",
                        row_name(cell, report), us(latency.percentile(report.percentile)), us(latency.percentile(99)),
                        us(latency.percentile(99.9)), us(latency.max()), us(times.wait().percentile(50)),
                        us(times.service().percentile(50)), cell.service_estimate_s() * 1e6,
                        us(times.callback().percentile(50)));
  }
  text +=
      "  service: what benchmark_app calls latency, from the start to the completion. device: what is left of it\n"
      "  without the wait for one of the device's streams, an estimate (docs/bench.md)\n";
}

void add_preparation(std::string& text, const BenchReport& report) {
  text += '\n';
  for (const measure::Preparation& it : report.measured.preparations)
    text += fmt::format("Compiled for {} in {:.2f} s; first inference {}\n", hint_text(it.hint), it.compile_s,
                        it.first_inference_s ? fmt::format("{:.1f} ms", *it.first_inference_s * 1e3) : "failed");
  constexpr double mebibyte = 1024 * 1024;
  text += fmt::format("Memory: {:.0f} MiB, at most {:.0f}\n", static_cast<double>(report.memory.resident) / mebibyte,
                      static_cast<double>(report.memory.peak) / mebibyte);
}

/// What the reader must know before he believes a figure.
void add_others(std::string& text, std::span<const Cell> cells) {
  constexpr double much = 0.1;
  double most = 0;
  for (const Cell& cell : cells) most = std::max(most, cell.others_utilization().value_or(0));
  if (most > much)
    text += fmt::format(
        "Other programs took up to {:.0f} % of the processors meanwhile: the figures are too low, and differ from run "
        "to run\n",
        most * 100);
}

void add_failures(std::string& text, std::span<const Cell> cells) {
  for (const Cell& cell : cells)
    if (cell.failures() > 0)
      text += fmt::format("{} ({}): {} inference{} failed: {}\n", title(cell.mode), hint_text(cell.hint),
                          cell.failures(), cell.failures() == 1 ? "" : "s", printable(cell.first_failure));
}

void add_curve(std::string& text, const BenchReport& report) {
  if (!report.is_curve) return;
  const Cell& knee = report.measured.cells[knee_index(report)];
  text += fmt::format("\nThe knee: {} request{} give{} 95 % of the most {}/s, p99 {:.0f} µs.\n", knee.requests,
                      knee.requests == 1 ? "" : "s", knee.requests == 1 ? "s" : "", items_of(report),
                      us(knee.recording->latency().percentile(99)));
}

/// ": doesn't hold: 52 could not be sent in time"; nothing for a rate that holds.
std::string why_it_fails(const Cell& cell, std::optional<double> most_p99_us) {
  if (measure::holds(cell, most_p99_us)) return {};
  std::string why;
  if (cell.failures() > 0) why = fmt::format("{} failed", cell.failures());
  if (cell.unsent() > 0) why += fmt::format("{}{} could not be sent in time", why.empty() ? "" : ", ", cell.unsent());
  if (why.empty() && most_p99_us) why = fmt::format("p99 is beyond {:.0f} µs", *most_p99_us);
  return ": doesn't hold" + (why.empty() ? "" : ": " + why);
}

void add_open_loop(std::string& text, const BenchReport& report) {
  const auto& cells = report.measured.cells;
  if (!cells.front().rate) return;
  text += "\nOpen loop, latency from the moment a request was due:\n";
  for (const Cell& cell : cells)
    text += fmt::format("  {:>10.1f} {}/s: achieved {:.1f}, p99 {:.0f} µs{}\n", *cell.rate, items_of(report),
                        cell.throughput().median, us(cell.recording->latency().percentile(99)),
                        why_it_fails(cell, report.most_p99_us));
  const Cell* highest = measure::highest_that_holds(cells, report.most_p99_us);
  text +=
      highest == nullptr ? "No rate holds.\n" : fmt::format("The highest rate that holds: {:.1f}\n", *highest->rate);
}

void add_layers(std::string& text, const BenchReport& report) {
  if (report.layers.empty()) return;
  constexpr std::size_t most_shown = 30;
  text +=
      fmt::format("\n  {:>9} {:>9} {:>6}  {:<20} {:<28} {}\n", "real µs", "CPU µs", "share", "type", "kernel", "layer");
  for (const measure::Layer& layer : std::span(report.layers).first(std::min(report.layers.size(), most_shown)))
    text += fmt::format("  {:>9.1f} {:>9.1f} {:>4.1f} %  {:<20} {:<28} {}\n", layer.real_us, layer.cpu_us,
                        layer.share * 100, layer.type, layer.exec_type, printable(layer.name));
  if (report.layers.size() > most_shown)
    text += fmt::format("  and {} more (--json has all)\n", report.layers.size() - most_shown);
}

/// "6", or "2 of 6 (interrupted)".
std::string rounds_text(const BenchReport& report) {
  const std::size_t rounds = report.measured.rounds;
  if (rounds >= report.method.rounds) return std::to_string(rounds);
  return fmt::format("{} of {} (interrupted)", rounds, report.method.rounds);
}

std::string work_text(const BenchReport& report) {
  if (!report.is_detection) return "inference alone";
  return fmt::format("letterbox, inference and NMS of {} picture{} in memory", report.pictures,
                     report.pictures == 1 ? "" : "s");
}

}  // namespace

std::optional<measure::Verdict> verdict_of(const BenchReport& report) {
  const auto& cells = report.measured.cells;
  const Cell* queue = measure::best_of(cells, Mode::queue);
  const Cell& best = queue == nullptr ? cells.front() : *queue;
  if (best.rate || best.recording->latency().count() == 0) return std::nullopt;
  return measure::judge(measure::figures_of(best, report.device));
}

std::size_t knee_index(const BenchReport& report) {
  std::vector<double> throughputs;
  throughputs.reserve(report.measured.cells.size());
  for (const Cell& cell : report.measured.cells) throughputs.push_back(cell.throughput().median);
  return measure::knee_of(throughputs);
}

const char* items_of(const BenchReport& report) {
  return report.is_detection ? "pictures" : "items";
}

std::string hint_text(const std::string& hint) {
  return hint.empty() ? "none" : hint;
}

std::vector<std::string> hints_of(std::span<const Cell> cells) {
  std::vector<std::string> hints;
  for (const Cell& cell : cells)
    if (std::ranges::find(hints, cell.hint) == hints.end()) hints.push_back(cell.hint);
  return hints;
}

std::string report_text(const BenchReport& report) {
  const auto& cells = report.measured.cells;
  const measure::Spread rate = cells.front().throughput();
  std::string text = fmt::format("{} on {}: {}, {} round{}, median", printable(report.model), report.device,
                                 work_text(report), rounds_text(report), report.measured.rounds == 1 ? "" : "s");
  text += rate.coverage > 0 ? fmt::format(" and its interval of {:.0f} %\n\n", rate.coverage * 100) : "\n\n";
  add_table(text, report);
  text += '\n';
  add_bars(text, report);
  add_curve(text, report);
  add_open_loop(text, report);
  if (cells.size() > 1 && !report.is_curve && !cells.front().rate) {
    add_headline(text, report);
    add_same_hint(text, cells);
  }
  add_latencies(text, report);
  add_preparation(text, report);
  if (report.capped_threads)
    text += fmt::format("The quota of {} CPUs allows {} thread{}, not the {} that OpenVINO would start (--nthreads)\n",
                        *report.limits.cgroup.cpu_quota, *report.capped_threads, *report.capped_threads == 1 ? "" : "s",
                        report.limits.usable);
  add_others(text, cells);
  add_layers(text, report);
  add_failures(text, cells);
  if (const auto verdict = verdict_of(report)) text += fmt::format("\n{}\n", verdict->text);
  return text;
}

}  // namespace inferqueue::cli
