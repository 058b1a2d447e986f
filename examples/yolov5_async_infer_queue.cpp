// YOLOv5 through AsyncInferQueue: the program of the article that introduces Python's class, in its order, in C++.
// docs/article.md reads the two side by side.
// usage: yolov5_async_infer_queue MODEL PICTURES… [--device CPU] [--hint THROUGHPUT] [--seconds 5] [--iterations 10]
#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <opencv2/core/utility.hpp>

#include <inferqueue/inferqueue.hpp>

#include "measure/statistics.hpp"
#include "pipeline/detector.hpp"
#include "pipeline/model.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/report.hpp"
#include "pipeline/sources.hpp"

using namespace inferqueue;
using std::chrono::steady_clock;

namespace {

double ms(std::chrono::duration<double, std::milli> duration) {
  return duration.count();
}

/// What goes with a request to its callback.
struct FrameData {
  std::string name;  // empty: not to be printed
  vision::Geometry geometry;
};

/// Letterbox, BGR to RGB: a tensor of its own, which the queue shares until the request is done.
std::pair<ov::Tensor, vision::Geometry> preprocess(const cv::Mat& picture, const pipeline::DetectorModel& model,
                                                   const ov::CompiledModel& compiled) {
  static vision::Letterbox letterbox;
  ov::Tensor blob(compiled.input());
  return {blob, pipeline::write_input(letterbox, picture, blob, model.network)};
}

/// Confidence filter, NMS, boxes back to the frame's pixels.
void postprocess(const Request& request, const FrameData& data, const pipeline::DetectorModel& model) {
  thread_local vision::Postprocess work;  // callbacks of different requests may run side by side
  thread_local std::vector<vision::Detection> found;
  pipeline::read_output(work, model, request, data.geometry, {}, found);
  if (!data.name.empty())
    fmt::print("{}\t{:.3f} ms\t{}\n", data.name, ms(request.latency()), pipeline::summary(found, model.labels));
}

}  // namespace

int main(int argc, char** argv) try {
  std::string path;
  std::vector<std::string> sources;
  pipeline::DeviceOptions device;
  double seconds = 5;
  std::size_t iterations = 10;
  CLI::App app("YOLOv5 through AsyncInferQueue");
  app.add_option("MODEL", path, "YOLOv5 as OpenVINO IR or ONNX, or builtin:yolov5n")->required();
  app.add_option("PICTURES", sources, "pictures, folders or globs")->required();
  app.add_option("--device", device.device)->capture_default_str();
  app.add_option("--hint", device.hint)->capture_default_str();
  app.add_option("--seconds", seconds, "go on for so long")->check(CLI::Range(0.001, 1e6))->capture_default_str();
  app.add_option("--iterations", iterations, "and for so many")
      ->check(CLI::Range(1, 1000000000))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  }
  cv::setNumThreads(1);  // pictures are prepared beside the inference

  // Step 1: the runtime's core.
  ov::Core core;
  // Step 2: the model, compiled for the device under the hint.
  const pipeline::DetectorModel model = pipeline::load_model(core, path, std::nullopt);
  const ov::CompiledModel compiled = pipeline::compile(core, model, device);
  // Step 3: the queue, with as many requests as the device finds best, and its callback.
  AsyncInferQueue queue(compiled);
  fmt::print("Requests:     {}\n", queue.size());
  queue.set_callback([&](Request& request, const FrameData& data) { postprocess(request, data, model); });
  // Step 4: the frames.
  std::vector<std::pair<std::string, cv::Mat>> frames;
  pipeline::PictureReader reader;
  const pipeline::Sources files = pipeline::expand_sources(sources);
  if (!files.problems.empty()) throw std::invalid_argument(files.problems.front());
  if (files.pictures.empty()) throw std::invalid_argument("there are no pictures");
  frames.reserve(files.pictures.size());
  for (const auto& file : files.pictures) frames.emplace_back(file.filename().string(), reader.read(file));
  // Step 5: every request runs once, unmeasured: the first run of a request allocates.
  for (std::size_t i = 0; i < queue.size(); ++i) {
    auto [blob, geometry] = preprocess(frames[i % frames.size()].second, model, compiled);
    queue.start_async(blob, FrameData{"", geometry});
  }
  queue.wait_all();

  // Step 6: the benchmark. A request that comes round again has its latency read before it is started anew.
  std::vector<double> latencies;
  std::set<std::size_t> in_flight;
  const auto begin = steady_clock::now();
  for (std::size_t i = 0; ms(steady_clock::now() - begin) < seconds * 1e3 || i < std::max(iterations, frames.size());
       ++i) {
    const auto& [name, picture] = frames[i % frames.size()];
    auto [blob, geometry] = preprocess(picture, model, compiled);
    const std::size_t idle = queue.get_idle_request_id();
    if (!in_flight.insert(idle).second) latencies.push_back(ms(queue[idle].latency()));
    queue.start_async(blob, FrameData{i < frames.size() ? name : "", geometry});
  }
  queue.wait_all();
  const double duration = ms(steady_clock::now() - begin);
  for (const std::size_t id : in_flight) latencies.push_back(ms(queue[id].latency()));

  const auto [least, most] = std::ranges::minmax(latencies);
  const auto count = static_cast<double>(latencies.size());
  fmt::print("Count:        {} iterations\nDuration:     {:.2f} ms\nLatency:\n", latencies.size(), duration);
  fmt::print("    Median:   {:.2f} ms\n    Average:  {:.2f} ms\n    Min:      {:.2f} ms\n    Max:      {:.2f} ms\n",
             measure::spread(latencies).median, std::reduce(latencies.begin(), latencies.end()) / count, least, most);
  fmt::print("Throughput:   {:.2f} FPS\n", count / duration * 1e3);
} catch (const std::exception& error) {
  fmt::print(stderr, "yolov5_async_infer_queue: {}\n", error.what());
  return 1;
}
