// What surrounds an inference, on one thread: letterbox, decoding, suppression.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "vision/heads/yolov5.hpp"
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

cv::Mat noise(const benchmark::State& state) {
  cv::Mat picture(static_cast<int>(state.range(1)), static_cast<int>(state.range(0)), CV_8UC3);
  cv::randu(picture, 0, 256);
  return picture;
}

void letterbox(benchmark::State& state) {
  const cv::Mat picture = noise(state);
  std::vector<std::uint8_t> planes(std::size_t{3} * 416 * 416);
  Letterbox letterbox;
  for (auto _ : state) {
    letterbox.apply(picture, planes, {416, 416});
    benchmark::ClobberMemory();
  }
}
BENCHMARK(letterbox)->Args({1280, 720})->Args({810, 1080})->Args({416, 416})->Unit(benchmark::kMicrosecond);

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

// Arguments: rows, objects per thousand rows, threshold in thousandths.
void decode(benchmark::State& state) {
  const Yolov5Head head(kClasses);
  const auto output = scene(static_cast<std::size_t>(state.range(0)), static_cast<int>(state.range(1)));
  const DecodeOptions options{.conf = static_cast<float>(state.range(2)) / 1000.F};
  std::vector<Candidate> candidates;
  for (auto _ : state) {
    candidates.clear();
    head.decode(output, options, candidates);
    benchmark::DoNotOptimize(candidates.data());
  }
  state.counters["candidates"] = static_cast<double>(candidates.size());
}
BENCHMARK(decode)
    ->Args({10647, 5, 250})
    ->Args({25200, 5, 250})
    ->Args({10647, 200, 1})
    ->Args({25200, 1000, 1})
    ->Unit(benchmark::kMicrosecond);

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
