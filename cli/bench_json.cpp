#include "cli/bench_json.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openvino/core/version.hpp>

#include "machine/cpu_name.hpp"

namespace inferqueue::cli {
namespace {

using Json = nlohmann::ordered_json;
using measure::Cell;

double us(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

struct Percentile {
  const char* name;
  double percent;
};
constexpr std::array<Percentile, 5> percentiles{{{"p50", 50}, {"p90", 90}, {"p95", 95}, {"p99", 99}, {"p99_9", 99.9}}};

Json to_json(const Histogram& times) {
  Json json{{"mean", us(times.mean())}};
  for (const auto& [name, percent] : percentiles) json[name] = us(times.percentile(percent));
  json["max"] = us(times.max());
  Json buckets = Json::array();
  times.for_each_bucket(
      [&](auto lower, auto upper, std::uint64_t count) { buckets.push_back({us(lower), us(upper), count}); });
  json["histogram"] = std::move(buckets);
  return json;
}

Json timeline(const measure::Recording& recording) {
  const auto begin = recording.round_begin();
  Json slots = Json::array();
  for (const measure::RequestTimes& times : recording.latest())
    slots.push_back({times.place, times.request, us(times.wanted - begin), us(times.started - begin),
                     us(times.completed - begin), us(times.returned - begin)});
  return {{"t0_s", std::chrono::duration<double>(begin.time_since_epoch()).count()}, {"slots", std::move(slots)}};
}

Json over_time(const measure::Recording& recording) {
  Json points = Json::array();
  for (const auto& [t_s, items_per_s] : recording.over_time()) points.push_back({t_s, items_per_s});
  return points;
}

Json to_json(const Cell& cell, const BenchReport& report) {
  const measure::Spread rate = cell.throughput();
  const measure::Recording& times = *cell.recording;
  const auto others = cell.others_utilization();
  return {{"mode", measure::to_string(cell.mode)},
          {"device", report.device},
          {"hint", hint_text(cell.hint)},
          {"nireq", cell.requests},
          {"nstreams", cell.streams == 0 ? Json() : Json(cell.streams)},
          {"batch", cell.batch},
          {"inference_precision", cell.precision},
          {"rate_per_s", cell.rate ? Json(*cell.rate) : Json()},
          {"throughput_per_s", rate.median},
          {"throughput_interval", {rate.low, rate.high}},
          {"interval_coverage", rate.coverage},
          {"rounds", cell.items_per_s()},
          {"cpu_utilization", cell.cpu_utilization()},
          {"others_cpu_utilization", others ? Json(*others) : Json()},
          {"cpu_s_per_item", cell.cpu_s_per_item()},
          {"device_utilization", nullptr},
          {"requests", times.latency().count()},
          {"failures", cell.failures()},
          {"first_failure", cell.failures() > 0 ? Json(cell.first_failure) : Json()},
          {"unsent", cell.unsent()},
          {"latency_us", to_json(times.latency())},
          {"wait_us", to_json(times.wait())},
          {"prepare_us", to_json(times.prepare())},
          {"service_us", to_json(times.service())},
          {"callback_us", to_json(times.callback())},
          {"benchmark_app_latency_us", to_json(times.service())},
          {"service_estimate_us", cell.service_estimate_s() * 1e6},
          {"over_time", over_time(times)},
          {"timeline", timeline(times)}};
}

// ---- the comparison -------------------------------------------------------------------------------------------------

Json compared(const Cell& cell, const Cell* base) {
  Json json{{"mode", measure::to_string(cell.mode)},
            {"hint", hint_text(cell.hint)},
            {"throughput_per_s", cell.throughput().median},
            {"ratio_to_sync", nullptr},
            {"ratio_interval", nullptr},
            {"beyond_noise", nullptr}};
  if (base == nullptr || base == &cell) return json;
  if (const auto gain = measure::compare_rates(cell, *base)) {
    json["ratio_to_sync"] = gain->ratio.median;
    json["ratio_interval"] = {gain->ratio.low, gain->ratio.high};
    if (gain->is_known) json["beyond_noise"] = gain->beyond_noise;
  }
  return json;
}

Json comparison(std::span<const Cell> cells) {
  using measure::Mode;
  Json headline = Json::array();
  Json same_hint = Json::array();
  for (const Mode mode : measure::all_modes)
    if (const Cell* best = measure::best_of(cells, mode))
      headline.push_back(compared(*best, measure::best_of(cells, Mode::sync)));
  for (const std::string& hint : hints_of(cells))
    for (const Mode mode : measure::all_modes)
      if (const Cell* cell = measure::find(cells, mode, hint))
        same_hint.push_back(compared(*cell, measure::find(cells, Mode::sync, hint)));
  return {{"headline", std::move(headline)}, {"same_hint", std::move(same_hint)}};
}

double p99_us(const Cell& cell) {
  return us(cell.recording->latency().percentile(99));
}

Json curve(const BenchReport& report) {
  if (!report.is_curve) return nullptr;
  Json points = Json::array();
  const std::size_t knee = knee_index(report);
  for (const Cell& cell : report.measured.cells)
    points.push_back({{"nireq", cell.requests},
                      {"throughput_per_s", cell.throughput().median},
                      {"p99_us", p99_us(cell)},
                      {"cpu_utilization", cell.cpu_utilization()},
                      {"is_knee", points.size() == knee}});
  return points;
}

Json open_loop(const BenchReport& report) {
  const auto& cells = report.measured.cells;
  if (!cells.front().rate) return nullptr;
  Json rates = Json::array();
  const Cell* highest = measure::highest_that_holds(cells, report.most_p99_us);
  for (const Cell& cell : cells)
    rates.push_back({{"rate_per_s", *cell.rate},
                     {"achieved_per_s", cell.throughput().median},
                     {"p99_us", p99_us(cell)},
                     {"holds", measure::holds(cell, report.most_p99_us)},
                     {"is_highest", &cell == highest}});
  return rates;
}

Json layers(const BenchReport& report) {
  if (report.layers.empty()) return nullptr;
  Json list = Json::array();
  for (const measure::Layer& layer : report.layers)
    list.push_back({{"name", layer.name},
                    {"type", layer.type},
                    {"exec_type", layer.exec_type},
                    {"real_us", layer.real_us},
                    {"cpu_us", layer.cpu_us},
                    {"share", layer.share}});
  return list;
}

Json verdict(const BenchReport& report) {
  const auto it = verdict_of(report);
  if (!it) return nullptr;
  const measure::Figures& figures = it->figures;
  return {{"kind", measure::to_string(it->kind)},
          {"text", it->text},
          {"figures",
           {{"requests_per_s", figures.requests_per_s},
            {"nireq", figures.requests},
            {"nstreams", figures.streams},
            {"in_device", figures.in_device()},
            {"submitter_waiting_share", figures.waiting()},
            {"submitter_preparing_share", figures.preparing()},
            {"callback_share", figures.calling_back()},
            {"cpu_utilization", figures.cpu_utilization},
            {"others_cpu_utilization", figures.others_utilization},
            {"throttled_share", figures.throttled_share}}}};
}

Json inputs(const BenchReport& report) {
  Json list = Json::array();
  for (const BenchInput& input : report.inputs)
    list.push_back({{"name", input.name}, {"shape", input.shape}, {"type", input.type}});
  return list;
}

Json method(const BenchReport& report) {
  const measure::ComparisonOptions& it = report.method;
  const bool is_poisson = it.arrivals == measure::Arrivals::Kind::poisson;
  const Json arrivals = it.rates.empty() ? Json() : Json(is_poisson ? "poisson" : "constant");
  return {{"rounds", report.measured.rounds},
          {"rounds_asked_for", it.rounds},
          {"seconds", it.seconds},
          {"niter", it.most_requests == 0 ? Json() : Json(it.most_requests)},
          {"seed", it.seed},
          {"arrivals", arrivals},
          {"most_p99_us", report.most_p99_us ? Json(*report.most_p99_us) : Json()},
          {"order", "interleaved, every second round in reverse"},
          {"interval", "order statistics of the rounds"}};
}

Json machine_of(const BenchReport& report) {
  const machine::CpuLimits& limits = report.limits;
  return {{"cpu", machine::cpu_name()},
          {"cpus", limits.processors},
          {"usable_cpus", limits.usable},
          {"cpu_quota", limits.cgroup.cpu_quota ? Json(*limits.cgroup.cpu_quota) : Json()},
          {"cpuset", limits.cgroup.cpuset ? Json(*limits.cgroup.cpuset) : Json()},
          {"memory_max_bytes", limits.cgroup.memory_max ? Json(*limits.cgroup.memory_max) : Json()},
          {"capped_threads", report.capped_threads ? Json(*report.capped_threads) : Json()}};
}

}  // namespace

nlohmann::ordered_json to_json(const BenchReport& report) {
  Json runs = Json::array();
  for (const Cell& cell : report.measured.cells) runs.push_back(to_json(cell, report));
  Json compile_s = Json::array();
  Json first_inference_s = Json::array();
  for (const measure::Preparation& it : report.measured.preparations) {
    compile_s.push_back(it.compile_s);
    first_inference_s.push_back(it.first_inference_s ? Json(*it.first_inference_s) : Json());
  }
  return {{"schema_version", 1},
          {"kind", "bench"},
          {"versions", {{"inferqueue", INFERQUEUE_VERSION}, {"openvino", ov::get_openvino_version().buildNumber}}},
          {"machine", machine_of(report)},
          {"model", {{"path", report.model}, {"inputs", inputs(report)}}},
          {"work", report.is_detection ? "detection" : "inference"},
          {"pictures", report.is_detection ? Json(report.pictures) : Json()},
          {"method", method(report)},
          {"runs", std::move(runs)},
          {"comparison", comparison(report.measured.cells)},
          {"curve", curve(report)},
          {"open_loop", open_loop(report)},
          {"layers", layers(report)},
          {"verdict", verdict(report)},
          {"memory", {{"rss_bytes", report.memory.resident}, {"peak_bytes", report.memory.peak}}},
          {"compile_s", std::move(compile_s)},
          {"first_inference_s", std::move(first_inference_s)}};
}

// ---- other formats --------------------------------------------------------------------------------------------------

std::string to_csv(const BenchReport& report) {
  std::string text =
      "mode,device,hint,nireq,nstreams,batch,rate_per_s,throughput_per_s,throughput_low,throughput_high,"
      "cpu_utilization,cpu_s_per_item,failures,unsent";
  const std::array<const char*, 5> parts{"latency", "wait", "prepare", "service", "callback"};
  for (const char* part : parts) {
    text += fmt::format(",{}_mean_us", part);
    for (const Percentile& percentile : percentiles) text += fmt::format(",{}_{}_us", part, percentile.name);
    text += fmt::format(",{}_max_us", part);
  }
  text += '\n';
  for (const Cell& cell : report.measured.cells) {
    const measure::Spread rate = cell.throughput();
    // Names of devices may hold commas.
    text += fmt::format("{},\"{}\",{},{},{},{},{},{},{},{},{},{},{},{}", measure::to_string(cell.mode), report.device,
                        hint_text(cell.hint), cell.requests,
                        cell.streams == 0 ? std::string() : std::to_string(cell.streams), cell.batch,
                        cell.rate ? fmt::format("{}", *cell.rate) : std::string(), rate.median, rate.low, rate.high,
                        cell.cpu_utilization(), cell.cpu_s_per_item(), cell.failures(), cell.unsent());
    const measure::Recording& all = *cell.recording;
    for (const Histogram* times : {&all.latency(), &all.wait(), &all.prepare(), &all.service(), &all.callback()}) {
      text += fmt::format(",{}", us(times->mean()));
      for (const Percentile& it : percentiles) text += fmt::format(",{}", us(times->percentile(it.percent)));
      text += fmt::format(",{}", us(times->max()));
    }
    text += '\n';
  }
  return text;
}

nlohmann::ordered_json to_trace(const BenchReport& report) {
  Json events = Json::array();
  std::size_t process = 0;
  const auto label = [&](const char* what, std::size_t thread, std::string text) {
    events.push_back(
        {{"name", what}, {"ph", "M"}, {"pid", process}, {"tid", thread}, {"args", {{"name", std::move(text)}}}});
  };
  for (const Cell& cell : report.measured.cells) {
    ++process;
    std::string run = fmt::format("{} {} {}", measure::to_string(cell.mode), hint_text(cell.hint), cell.requests);
    if (cell.rate) run += fmt::format(" at {}/s", *cell.rate);
    label("process_name", 0, std::move(run));
    for (std::size_t slot = 0; slot < cell.requests; ++slot) label("thread_name", slot, fmt::format("slot {}", slot));
    const auto begin = cell.recording->round_begin();
    for (const measure::RequestTimes& times : cell.recording->latest()) {
      const auto add = [&](const char* name, auto from, auto to) {
        events.push_back({{"name", name},
                          {"cat", "request"},
                          {"ph", "X"},
                          {"ts", us(from - begin)},
                          {"dur", us(to - from)},
                          {"pid", process},
                          {"tid", times.place},
                          {"args", {{"request", times.request}, {"wait_us", us(times.granted - times.wanted)}}}});
      };
      add("prepare", times.granted, times.started);
      add("inference", times.started, times.completed);
      add("callback", times.completed, times.returned);
    }
  }
  return {{"traceEvents", std::move(events)}, {"displayTimeUnit", "ms"}};
}

}  // namespace inferqueue::cli
