// What surrounds an inference, on one thread: letterbox, decoding, suppression.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <hwy/base.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/heads/end_to_end.hpp"
#include "vision/heads/yolov5.hpp"
#include "vision/heads/yolov5_maps.hpp"
#include "vision/heads/yolov8.hpp"
#include "vision/letterbox.hpp"
#include "vision/nms.hpp"
#include "vision/postprocess.hpp"

namespace inferqueue::vision {
namespace {

constexpr std::size_t kClasses = 80;

// What a network may put out for a scene: `objects` in a thousand rows see something, the rest hardly anything.
std::vector<float> scene(std::size_t rows, int objects) {
  std::mt19937 random(1);
  const auto within = [&](float low, float high) { return std::uniform_real_distribution<float>(low, high)(random); };
  std::vector<float> output;
  for (std::size_t row = 0; row < rows; ++row) {
    const bool object = std::uniform_int_distribution<int>(1, 1000)(random) <= objects;
    output.insert(output.end(), {within(0, 640), within(0, 640), within(10, 200), within(10, 200)});
    output.push_back(object ? within(0.005F, 1) : 0.0005F);
    for (std::size_t c = 0; c < kClasses; ++c) output.push_back(within(0, object ? 1.F : 0.01F));
  }
  return output;
}

// The same scene as YOLOv8 writes it, a row for each cell: no objectness, which goes into the probabilities.
std::vector<float> scene_without_objectness(std::size_t cells, int objects) {
  const std::vector<float> rows = scene(cells, objects);
  std::vector<float> output;
  for (std::size_t row = 0; row < rows.size(); row += 5 + kClasses) {
    output.insert(output.end(), &rows[row], &rows[row + 4]);
    for (std::size_t c = 0; c < kClasses; ++c) output.push_back(rows[row + 4] * rows[row + 5 + c]);
  }
  return output;
}

std::vector<float> turned_around(const std::vector<float>& rows, std::size_t row_size) {
  const std::size_t count = rows.size() / row_size;
  std::vector<float> columns(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) columns[i % row_size * count + i / row_size] = rows[i];
  return columns;
}

cv::Mat noise(const benchmark::State& state) {
  cv::Mat picture(static_cast<int>(state.range(1)), static_cast<int>(state.range(0)), CV_8UC3);
  cv::randu(picture, 0, 256);
  return picture;
}

template <class Value>
void letterbox(benchmark::State& state) {
  const cv::Mat picture = noise(state);
  std::vector<Value> input(std::size_t{3} * 416 * 416);
  Letterbox letterbox;
  for (auto _ : state) {
    letterbox.apply(picture, input, {416, 416});
    benchmark::ClobberMemory();
  }
}
BENCHMARK(letterbox<std::uint8_t>)
    ->Args({1280, 720})
    ->Args({810, 1080})
    ->Args({416, 416})
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(letterbox<hwy::bfloat16_t>)
    ->Args({1280, 720})
    ->Args({810, 1080})
    ->Args({416, 416})
    ->Unit(benchmark::kMicrosecond);

// What OpenCV needs for the resizing alone.
void resize_alone(benchmark::State& state) {
  cv::setNumThreads(1);
  const cv::Mat picture = noise(state);
  cv::Mat resized;
  for (auto _ : state) {
    const double scale = 416.0 / static_cast<double>(std::max(picture.cols, picture.rows));
    cv::resize(picture, resized, {}, scale, scale, cv::INTER_LINEAR);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(resize_alone)->Args({1280, 720})->Args({810, 1080})->Unit(benchmark::kMicrosecond);

// Arguments of all that decode: rows, objects per thousand rows, threshold in thousandths.
void decode_with(const Head& head, const std::vector<float>& output, benchmark::State& state) {
  const DecodeOptions options{.conf = static_cast<float>(state.range(2)) / 1000.F};
  std::vector<Candidate> candidates;
  for (auto _ : state) {
    candidates.clear();
    head.decode(output, options, candidates);
    benchmark::DoNotOptimize(candidates.data());
  }
  state.counters["candidates"] = static_cast<double>(candidates.size());
}

void decode(benchmark::State& state) {
  decode_with(Yolov5Head(kClasses), scene(static_cast<std::size_t>(state.range(0)), static_cast<int>(state.range(1))),
              state);
}
BENCHMARK(decode)
    ->Args({10647, 5, 250})
    ->Args({25200, 5, 250})
    ->Args({10647, 200, 1})
    ->Args({25200, 1000, 1})
    ->Unit(benchmark::kMicrosecond);

// The maps of YOLOv5n at 416 with next to nothing in them.
template <class Value>
void decode_yolov5_maps(benchmark::State& state) {
  std::vector<Yolov5Map> scales;
  std::vector<std::vector<Value>> maps;
  for (const int side : {52, 26, 13}) {
    scales.push_back(
        {.cells = {side, side}, .stride = 416.F / static_cast<float>(side), .anchors = {{9, 9}, {20, 20}, {40, 40}}});
    const auto cells = static_cast<std::size_t>(side * side);
    if constexpr (std::is_same_v<Value, float>)
      maps.emplace_back(cells * 3 * (5 + kClasses), -8.F);
    else
      maps.emplace_back(cells * 3 * (5 + kClasses), hwy::BF16FromF32(-8));
  }
  const Yolov5MapsHead head(kClasses, std::move(scales));
  std::vector<Output> outputs;
  for (const auto& map : maps) outputs.emplace_back(std::span<const Value>(map));
  std::vector<Candidate> candidates;
  for (auto _ : state) {
    head.decode_all(outputs, {}, candidates);
    benchmark::DoNotOptimize(candidates.data());
  }
}
BENCHMARK(decode_yolov5_maps<float>)->Unit(benchmark::kMicrosecond);
BENCHMARK(decode_yolov5_maps<hwy::bfloat16_t>)->Unit(benchmark::kMicrosecond);

void decode_yolov8(benchmark::State& state) {
  const auto rows =
      scene_without_objectness(static_cast<std::size_t>(state.range(0)), static_cast<int>(state.range(1)));
  decode_with(Yolov8Head(kClasses), turned_around(rows, 4 + kClasses), state);
}
BENCHMARK(decode_yolov8)
    ->Args({3549, 15, 250})
    ->Args({8400, 15, 250})
    ->Args({8400, 200, 1})
    ->Args({8400, 1000, 1})
    ->Unit(benchmark::kMicrosecond);

// The same, cell by cell: each look at a class is a whole plane from the next.
void decode_yolov8_by_cell(benchmark::State& state) {
  const auto cells = static_cast<std::size_t>(state.range(0));
  const auto output = turned_around(scene_without_objectness(cells, static_cast<int>(state.range(1))), 4 + kClasses);
  const float conf = static_cast<float>(state.range(2)) / 1000.F;
  std::vector<Candidate> candidates;
  for (auto _ : state) {
    candidates.clear();
    for (std::size_t cell = 0; cell < cells; ++cell) {
      const auto at = [&](std::size_t value) { return output[value * cells + cell]; };
      std::size_t best = 0;
      for (std::size_t c = 1; c < kClasses; ++c) best = at(4 + c) > at(4 + best) ? c : best;
      if (!(at(4 + best) > conf)) continue;
      const Box box{at(0) - at(2) / 2, at(1) - at(3) / 2, at(0) + at(2) / 2, at(1) + at(3) / 2};
      candidates.push_back({box, at(4 + best), static_cast<int>(best)});
    }
    benchmark::DoNotOptimize(candidates.data());
  }
  state.counters["candidates"] = static_cast<double>(candidates.size());
}
BENCHMARK(decode_yolov8_by_cell)->Args({3549, 15, 250})->Args({8400, 15, 250})->Unit(benchmark::kMicrosecond);

void decode_yolov8_transposed(benchmark::State& state) {
  const auto rows =
      scene_without_objectness(static_cast<std::size_t>(state.range(0)), static_cast<int>(state.range(1)));
  decode_with(Yolov8TransposedHead(kClasses), rows, state);
}
BENCHMARK(decode_yolov8_transposed)->Args({8400, 15, 250})->Args({8400, 1000, 1})->Unit(benchmark::kMicrosecond);

void decode_end_to_end(benchmark::State& state) {
  const std::vector<float> rows = scene(static_cast<std::size_t>(state.range(0)), static_cast<int>(state.range(1)));
  std::vector<float> output;
  for (std::size_t row = 0; row < rows.size(); row += 5 + kClasses) {
    const std::array<float, 6> numbers{
        rows[row], rows[row + 1], rows[row] + rows[row + 2], rows[row + 1] + rows[row + 3], rows[row + 4], 7};
    output.insert(output.end(), numbers.begin(), numbers.end());
  }
  decode_with(EndToEndHead(kClasses), output, state);
}
BENCHMARK(decode_end_to_end)->Args({300, 30, 250})->Args({300, 1000, 1})->Unit(benchmark::kMicrosecond);

// Arguments: rows, objects per thousand rows, threshold in thousandths, whether agnostic.
void nms(benchmark::State& state) {
  const auto output = scene(static_cast<std::size_t>(state.range(0)), static_cast<int>(state.range(1)));
  std::vector<Candidate> candidates;
  Yolov5Head(kClasses).decode(output, {.conf = static_cast<float>(state.range(2)) / 1000.F}, candidates);
  const NmsOptions options{.agnostic = state.range(3) != 0};
  Nms suppression;
  std::size_t kept = 0;
  for (auto _ : state) kept = suppression.apply(candidates, options).size();
  state.counters["candidates"] = static_cast<double>(candidates.size());
  state.counters["kept"] = static_cast<double>(kept);
}
BENCHMARK(nms)
    ->Args({10647, 5, 250, 0})
    ->Args({10647, 200, 1, 0})
    ->Args({30000, 1000, 1, 0})
    ->Args({30000, 1000, 1, 1})
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace inferqueue::vision
