#include "measure/comparison.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include <openvino/runtime/properties.hpp>

#include "machine/cpu_limits.hpp"
#include "machine/processor_time.hpp"
#include "measure/request_tensors.hpp"

namespace inferqueue::measure {
namespace {

template <class Get>
std::vector<double> of_each(const std::vector<Sample>& samples, Get get) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const Sample& sample : samples) values.push_back(get(sample));
  return values;
}

std::size_t sum_of(const std::vector<Sample>& samples, std::size_t Sample::* member) {
  return std::accumulate(samples.begin(), samples.end(), std::size_t{0},
                         [&](std::size_t sum, const Sample& sample) { return sum + sample.*member; });
}

/// What the device runs side by side, 0 where it doesn't tell.
std::size_t streams_of(const ov::CompiledModel& compiled) {
  try {
    return static_cast<std::size_t>(std::max(0, static_cast<int>(compiled.get_property(ov::num_streams).num)));
  } catch (const std::exception&) {  // a device of several has none of its own
    return 0;
  }
}

std::optional<double> first_inference_s(Work& work, ov::CompiledModel& compiled) {
  ov::InferRequest request = compiled.create_infer_request();
  work.fill(SingleInputs(request));
  const Stopwatch watch;
  try {
    request.infer();
  } catch (const std::exception&) {  // it is counted when it happens again in a round
    return std::nullopt;
  }
  return watch.elapsed().wall_s;
}

/// A model compiled under each hint, and what runs it with each number of requests.
class Bench {
 public:
  Bench(ov::Core& core, Work& work, const ComparisonOptions& options, const std::stop_token& stop)
      : work_(work), options_(options), processors_(machine::cpu_limits().cpus()) {
    for (const std::string& hint : options.hints)
      if (!stop.stop_requested()) prepare(core, hint, stop);
  }

  void run(std::size_t index, std::size_t round, std::stop_token stop) {
    Cell& cell = measured.cells[index];
    Round limits{.duration = std::chrono::duration<double>(options_.seconds),
                 .most_requests = most_requests_of(round),
                 .arrivals = {},
                 .stop = std::move(stop)};
    // Requests carry a batch of items each; every round has moments of its own.
    if (cell.rate)
      limits.arrivals.emplace(*cell.rate / static_cast<double>(cell.batch), options_.arrivals, options_.seed + round);
    Runner& runner = *runners_[owner_[index]];
    const auto busy_s = processor_clock_.busy_s();
    cell.samples.push_back(runner.run(cell.mode, limits, *cell.recording));
    if (const auto now_s = processor_clock_.busy_s(); now_s && busy_s)
      cell.samples.back().others_cpu_s = std::max(0.0, *now_s - *busy_s - cell.samples.back().took.cpu_s);
    cell.first_failure = runner.first_failure();
    cell.service_estimates_s.push_back(
        estimate_service_s(cell.recording->latest(), std::max<std::size_t>(cell.streams, 1)));
  }

  Measured measured;

 private:
  /// Shares of all that add up to them.
  std::size_t most_requests_of(std::size_t round) const {
    if (options_.most_requests == 0) return 0;
    const std::size_t share = options_.most_requests / options_.rounds;
    return std::max<std::size_t>(1, share + (round < options_.most_requests % options_.rounds ? 1 : 0));
  }

  void prepare(ov::Core& core, const std::string& hint, const std::stop_token& stop) {
    pipeline::DeviceOptions device = options_.device;
    device.hint = hint;
    const Stopwatch watch;
    ov::CompiledModel compiled = work_.compile(core, device);
    const double compile_s = watch.elapsed().wall_s;
    measured.preparations.push_back({hint, compile_s, first_inference_s(work_, compiled)});
    for (const std::size_t jobs : options_.jobs) {
      if (stop.stop_requested()) return;
      runners_.push_back(std::make_unique<Runner>(work_, compiled, jobs, options_.modes, stop));
      for (const Mode mode : options_.modes) add_cells(hint, mode, compiled);
    }
  }

  void add_cells(const std::string& hint, Mode mode, const ov::CompiledModel& compiled) {
    std::vector<std::optional<double>> rates(options_.rates.begin(), options_.rates.end());
    if (rates.empty()) rates.emplace_back();
    for (const auto& rate : rates) {
      measured.cells.push_back({.mode = mode,
                                .hint = hint,
                                .rate = rate,
                                .requests = runners_.back()->requests(mode),
                                .streams = streams_of(compiled),
                                .batch = work_.batch(),
                                .processors = processors_,
                                .usable = std::max(1, processor_clock_.processors()),
                                .samples = {},
                                .recording = std::make_shared<Recording>(),
                                .first_failure = {},
                                .precision = pipeline::inference_precision(compiled)});
      owner_.push_back(runners_.size() - 1);
    }
  }

  Work& work_;
  const ComparisonOptions& options_;
  // Both as at the begin: the runtime may bind this thread to some of the processors.
  double processors_;
  machine::ProcessorClock processor_clock_;
  std::vector<std::unique_ptr<Runner>> runners_;
  std::vector<std::size_t> owner_;  // of each cell, among the runners
};

std::vector<Recording> recordings_of(const std::vector<Cell>& cells) {
  std::vector<Recording> recordings;
  recordings.reserve(cells.size());
  for (const Cell& cell : cells) recordings.push_back(*cell.recording);
  return recordings;
}

}  // namespace

std::vector<double> Cell::items_per_s() const {
  return of_each(samples, [](const Sample& sample) { return sample.items_per_s(); });
}

double Cell::service_estimate_s() const {
  std::vector<double> known = service_estimates_s;
  std::erase(known, 0.0);  // of rounds in which nothing was completed
  return known.empty() ? 0 : spread(known).median;
}

Spread Cell::throughput() const {
  return spread(items_per_s());
}

double Cell::cpu_s_per_item() const {
  return spread(of_each(samples, [](const Sample& sample) { return sample.cpu_s_per_item(); })).median;
}

std::optional<double> Cell::others_utilization() const {
  constexpr double least_s = 0.5;
  double others_s = 0;
  double wall_s = 0;
  for (const Sample& sample : samples) {
    if (!sample.others_cpu_s) return std::nullopt;
    others_s += *sample.others_cpu_s;
    wall_s += sample.took.wall_s;
  }
  if (wall_s < least_s) return std::nullopt;
  return std::min(1.0, others_s / wall_s / usable);
}

double Cell::cpu_utilization() const {
  return spread(of_each(samples,
                        [&](const Sample& sample) { return sample.took.cpu_s / sample.took.wall_s / processors; }))
      .median;
}

std::size_t Cell::failures() const {
  return sum_of(samples, &Sample::failures);
}

std::size_t Cell::unsent() const {
  return sum_of(samples, &Sample::unsent);
}

std::optional<Gain> compare_rates(const Cell& a, const Cell& b) {
  const auto brought_nothing = [](const Sample& sample) { return sample.items == 0; };
  if (std::ranges::any_of(a.samples, brought_nothing) || std::ranges::any_of(b.samples, brought_nothing))
    return std::nullopt;
  Gain gain{.ratio = ratio(a.items_per_s(), b.items_per_s()), .is_known = false, .beyond_noise = false};
  gain.is_known = tells_noise(gain.ratio);
  gain.beyond_noise = is_beyond_noise(gain.ratio);
  return gain;
}

const Cell* best_of(std::span<const Cell> cells, Mode mode) {
  const Cell* best = nullptr;
  for (const Cell& cell : cells)
    if (cell.mode == mode && (best == nullptr || cell.throughput().median > best->throughput().median)) best = &cell;
  return best;
}

const Cell* find(std::span<const Cell> cells, Mode mode, const std::string& hint) {
  const auto found =
      std::ranges::find_if(cells, [&](const Cell& cell) { return cell.mode == mode && cell.hint == hint; });
  return found == cells.end() ? nullptr : &*found;
}

Measured compare(ov::Core& core, Work& work, const ComparisonOptions& options,
                 const std::function<void(double)>& progress, std::stop_token stop) {
  Bench bench(core, work, options, stop);
  std::vector<Cell>& cells = bench.measured.cells;
  std::size_t done = 0;
  for (std::size_t round = 0; round < options.rounds && !stop.stop_requested(); ++round) {
    const std::vector<Recording> before = round > 0 ? recordings_of(cells) : std::vector<Recording>();
    for (std::size_t i = 0; i < cells.size() && !stop.stop_requested(); ++i) {
      bench.run(round % 2 == 0 ? i : cells.size() - 1 - i, round, stop);
      progress(static_cast<double>(++done) / static_cast<double>(options.rounds * cells.size()));
    }
    // Cut short, what was measured of a later round is left out: a round compares all with all.
    if (stop.stop_requested() && round > 0) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        cells[i].samples.resize(round);
        *cells[i].recording = before[i];
      }
      break;
    }
    bench.measured.rounds = round + 1;
  }
  std::erase_if(cells, [](const Cell& cell) { return cell.samples.empty(); });
  return std::move(bench.measured);
}

}  // namespace inferqueue::measure
