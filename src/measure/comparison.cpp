#include "measure/comparison.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <ranges>
#include <utility>

#include "machine/cpu_limits.hpp"

namespace inferqueue::measure {
namespace {

template <class Get>
std::vector<double> of_each(const std::vector<Sample>& samples, Get get) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const Sample& sample : samples) values.push_back(get(sample));
  return values;
}

}  // namespace

std::vector<double> Cell::images_per_s() const {
  return of_each(samples, [](const Sample& sample) { return sample.images_per_s(); });
}

Spread Cell::rate() const {
  return spread(images_per_s());
}

double Cell::cpu_s_per_image() const {
  return spread(of_each(samples, [](const Sample& sample) { return sample.cpu_s_per_image(); })).median;
}

double Cell::cpu_utilization() const {
  const unsigned cores = machine::cpu_limits().usable;
  return spread(of_each(samples, [&](const Sample& sample) { return sample.took.cpu_s / sample.took.wall_s / cores; }))
      .median;
}

Verdict compare_rates(const Cell& a, const Cell& b) {
  Verdict verdict{.ratio = ratio(a.images_per_s(), b.images_per_s())};
  verdict.beyond_noise = a.samples.size() > 1 && (verdict.ratio.min > 1 || verdict.ratio.max < 1);
  return verdict;
}

const Cell* best_of(std::span<const Cell> cells, Mode mode) {
  const Cell* best = nullptr;
  for (const Cell& cell : cells)
    if (cell.mode == mode && (best == nullptr || cell.rate().median > best->rate().median)) best = &cell;
  return best;
}

const Cell* find(std::span<const Cell> cells, Mode mode, const std::string& hint) {
  const auto found =
      std::ranges::find_if(cells, [&](const Cell& cell) { return cell.mode == mode && cell.hint == hint; });
  return found == cells.end() ? nullptr : &*found;
}

std::vector<Cell> compare(ov::Core& core, const pipeline::DetectorModel& model, std::span<const cv::Mat> pictures,
                          const ComparisonOptions& options, const std::function<void(double)>& progress,
                          std::stop_token stop) {
  std::map<std::string, std::unique_ptr<DetectionWork>> works;
  std::vector<Cell> cells;
  for (const std::string& hint : options.hints) {
    pipeline::DeviceOptions device = options.device;
    device.hint = hint;
    auto work = std::make_unique<DetectionWork>(model, pipeline::compile(core, model, device), pictures,
                                                options.postprocess, options.jobs, options.modes);
    for (const Mode mode : options.modes)
      cells.push_back({.mode = mode, .hint = hint, .requests = work->requests(mode), .samples = {}});
    works.emplace(hint, std::move(work));
  }
  std::size_t done = 0;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    std::vector<std::pair<Cell*, Sample>> measured;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (stop.stop_requested()) return cells;
      Cell& cell = cells[round % 2 == 0 ? i : cells.size() - 1 - i];
      measured.emplace_back(&cell, works.at(cell.hint)->run(cell.mode, std::chrono::duration<double>(options.seconds)));
      progress(static_cast<double>(++done) / static_cast<double>(options.rounds * cells.size()));
    }
    for (const auto& [cell, sample] : measured) cell->samples.push_back(sample);
  }
  return cells;
}

}  // namespace inferqueue::measure
