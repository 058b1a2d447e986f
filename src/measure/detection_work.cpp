#include "measure/detection_work.hpp"

#include <algorithm>
#include <utility>

namespace inferqueue::measure {

using Clock = std::chrono::steady_clock;

const char* to_string(Mode mode) noexcept {
  switch (mode) {
    case Mode::sync:
      return "sync";
    case Mode::two_requests:
      return "two_requests";
    case Mode::queue:
      return "queue";
    case Mode::inference:
      return "inference";
  }
  return "unknown";
}

DetectionWork::DetectionWork(const pipeline::DetectorModel& model, const ov::CompiledModel& compiled,
                             std::span<const cv::Mat> pictures, const vision::PostprocessOptions& options,
                             std::size_t jobs, std::span<const Mode> modes)
    : model_(model), pictures_(pictures), options_(options), queue_(pipeline::make_queue(compiled, jobs)) {
  readers_.resize(std::max<std::size_t>(queue_->size(), 1));
  const auto is_asked_for = [&](Mode mode) { return std::ranges::find(modes, mode) != modes.end(); };
  singles_.resize(is_asked_for(Mode::two_requests) ? 2 : is_asked_for(Mode::sync) ? 1 : 0);
  ov::CompiledModel shared = compiled;  // create_infer_request() isn't const; the copy is a handle
  for (Single& single : singles_) {
    single.request = shared.create_infer_request();
    single.input = single.request.get_input_tensor();
  }
  queue_->set_callback([this](Request& request, const vision::Geometry& geometry) {
    if (geometry.source == vision::Size{}) return;  // no picture
    read(readers_[request.slot_id()], request, geometry);
  });
  for (const Mode mode : modes) run(mode, std::chrono::milliseconds(100));
}

std::size_t DetectionWork::requests(Mode mode) const {
  if (mode == Mode::sync) return 1;
  return mode == Mode::two_requests ? 2 : queue_->size();
}

Sample DetectionWork::run(Mode mode, std::chrono::duration<double> duration) {
  const Stopwatch watch;
  const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(duration);
  const std::size_t images = mode == Mode::sync           ? run_sync(until)
                             : mode == Mode::two_requests ? run_two(until)
                             : mode == Mode::queue        ? run_queue(until)
                                                          : run_inference(until);
  return {images, watch.elapsed()};
}

void DetectionWork::prepare(Single& single, std::size_t i) {
  single.geometry = pipeline::write_input(letterbox_, picture(i), single.input, model_.network);
}

template <class AnyRequest>
void DetectionWork::read(Reader& reader, AnyRequest& request, const vision::Geometry& geometry) {
  pipeline::read_output(reader.postprocess, model_, request, geometry, options_, reader.objects);
  objects_ += reader.objects.size();
}

std::size_t DetectionWork::run_sync(Clock::time_point until) {
  std::size_t done = 0;
  do {
    prepare(singles_[0], done);
    singles_[0].request.infer();
    read(readers_[0], singles_[0].request, singles_[0].geometry);
    ++done;
  } while (Clock::now() < until);
  return done;
}

std::size_t DetectionWork::run_two(Clock::time_point until) {
  std::size_t started = 0;
  std::size_t current = 0;
  const auto start = [&](std::size_t which) {
    prepare(singles_[which], started++);
    singles_[which].request.start_async();
  };
  start(current);
  while (Clock::now() < until) {
    start(1 - current);
    singles_[current].request.wait();
    read(readers_[0], singles_[current].request, singles_[current].geometry);
    current = 1 - current;
  }
  singles_[current].request.wait();
  read(readers_[0], singles_[current].request, singles_[current].geometry);
  return started;
}

std::size_t DetectionWork::run_queue(Clock::time_point until) {
  std::size_t started = 0;
  do {
    Lease lease = queue_->lease();
    ov::Tensor input = lease.input();
    lease.start_async(pipeline::write_input(letterbox_, picture(started), input, model_.network));
    ++started;
  } while (Clock::now() < until);
  queue_->wait_all();
  return started;
}

std::size_t DetectionWork::run_inference(Clock::time_point until) {
  std::size_t started = 0;
  do {
    queue_->lease().start_async(vision::Geometry{});
    ++started;
  } while (Clock::now() < until);
  queue_->wait_all();
  return started;
}

}  // namespace inferqueue::measure
