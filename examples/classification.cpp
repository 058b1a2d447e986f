// The best classes of each picture. The model takes one picture 0..1, RGB planes [1,3,height,width] or grey
// [1,side*side]; what else it wants belongs into fill(). builtin:mlp has random weights: its classes mean nothing.
// usage: classification MODEL PICTURES [BEST]
#include <algorithm>
#include <cmath>
#include <ranges>

#include <fmt/format.h>
#include <opencv2/imgproc.hpp>

#include <inferqueue/inferqueue.hpp>

#include "models/builtin.hpp"
#include "numbers.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/sources.hpp"

using namespace inferqueue;

static void fill(ov::Tensor input, const cv::Mat& bgr8) {
  const ov::Shape shape = input.get_shape();
  const bool grey = shape.size() == 2;
  if (!grey && (shape.size() != 4 || shape[1] != 3)) throw std::invalid_argument("the model takes no picture");
  const auto height = static_cast<int>(grey ? std::sqrt(shape[1]) : static_cast<double>(shape[2]));
  const int width = static_cast<int>(shape.back()) / (grey ? height : 1);
  cv::Mat small;
  cv::resize(bgr8, small, {width, height}, 0, 0, cv::INTER_AREA);
  cv::cvtColor(small, small, grey ? cv::COLOR_BGR2GRAY : cv::COLOR_BGR2RGB);
  small.convertTo(small, CV_32F, 1 / 255.0);
  std::vector<cv::Mat> planes;
  cv::split(small, planes);
  cv::vconcat(planes, cv::Mat(height * small.channels(), width, CV_32F, input.data<float>()));
}

int main(int argc, char** argv) try {
  if (argc < 3) throw std::invalid_argument("usage: classification MODEL PICTURES [BEST]");
  const int best = argc > 3 ? positive<int>("BEST", argv[3]) : 3;
  ov::Core core;
  auto model = models::is_builtin(argv[1]) ? models::make_builtin(argv[1]) : core.read_model(argv[1]);
  if (model->output().get_partial_shape().size() != 2) throw std::invalid_argument("the model is no classifier");
  AsyncInferQueue queue(core, model, "CPU", {ov::hint::performance_mode("THROUGHPUT")});
  queue.set_callback([best](Request& request, const std::string& name) {
    const ov::Tensor scores = request.result();
    std::vector<std::pair<float, std::size_t>> all(scores.get_size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = {scores.data<const float>()[i], i};
    std::ranges::sort(all, std::greater());
    std::string line = name + ":";
    for (const auto& [score, id] : all | std::views::take(best)) line += fmt::format("  class {} ({:.3f})", id, score);
    fmt::print("{}\n", line);  // in the order in which they are done
  });
  const pipeline::Sources sources = pipeline::expand_sources(std::vector<std::string>{argv[2]});
  if (!sources.problems.empty()) throw std::invalid_argument(sources.problems.front());
  pipeline::PictureReader reader;
  for (const auto& path : sources.pictures) {
    Lease lease = queue.lease();
    fill(lease.input(), reader.read(path));
    lease.start_async(path.filename().string());
  }
  queue.wait_all();
} catch (const std::exception& error) {
  fmt::print(stderr, "classification: {}\n", error.what());
  return 1;
}
