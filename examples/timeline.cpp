// Draws who does what when, as SVG: the same frames by one request, by two in turn and by the queue, each measured.
// Of several runs of a mode the fastest is drawn, because other work on the machine tears holes into the others.
// usage: timeline MODEL PICTURES FILE.svg [HINT [FRAMES [RUNS]]]
#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <opencv2/core/utility.hpp>

#include <inferqueue/inferqueue.hpp>

#include "numbers.hpp"
#include "pipeline/detector.hpp"
#include "pipeline/files.hpp"
#include "pipeline/model.hpp"
#include "pipeline/picture.hpp"
#include "pipeline/sources.hpp"

using namespace inferqueue;
using Clock = std::chrono::steady_clock;
using Ms = std::chrono::duration<double, std::milli>;

namespace {

enum Kind { prepare, infer, read };

struct Span {
  Kind kind;
  std::size_t lane;  // of the request, for infer
  std::size_t frame;
  Clock::time_point begin, end;
};

struct Run {
  std::string title;
  std::size_t requests = 0;  // rows to draw: at least as many as the device takes at a time
  std::vector<Span> spans;
  Clock::time_point begin = Clock::now();
  Ms took{};
};

/// The work around the inference, and a note of when it was done, for one run. Shared with the callbacks, which may
/// come when an error has ended the run already.
class Work {
 public:
  Run run;  // read it when all is done

  Work(const pipeline::DetectorModel& model, const std::vector<cv::Mat>& pictures)
      : model_(model), pictures_(pictures) {}

  vision::Geometry write(std::size_t frame, ov::Tensor input) {
    const auto begin = Clock::now();
    const auto geometry = pipeline::write_input(letterbox_, pictures_[frame % pictures_.size()], input, model_.network);
    note({prepare, 0, frame, begin, Clock::now()});
    return geometry;
  }
  template <class FinishedRequest>
  void look(std::size_t frame, FinishedRequest& request, const vision::Geometry& geometry) {
    thread_local vision::Postprocess postprocess;
    thread_local std::vector<vision::Detection> objects;
    const auto begin = Clock::now();
    pipeline::read_output(postprocess, model_, request, geometry, {}, objects);
    note({read, 0, frame, begin, Clock::now()});
  }
  void note(const Span& span) {
    const std::lock_guard lock(mutex_);
    run.spans.push_back(span);
  }

 private:
  const pipeline::DetectorModel& model_;
  const std::vector<cv::Mat>& pictures_;
  vision::Letterbox letterbox_;
  std::mutex mutex_;
};

void run_one(const std::shared_ptr<Work>& work, ov::InferRequest& request, std::size_t frames) {
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const auto geometry = work->write(frame, request.get_input_tensor());
    const auto begin = Clock::now();
    request.infer();
    work->note({infer, 0, frame, begin, Clock::now()});
    work->look(frame, request, geometry);
  }
}

void run_two(const std::shared_ptr<Work>& work, std::array<ov::InferRequest, 2>& requests, std::size_t frames) {
  std::array<vision::Geometry, 2> geometry;
  const auto start = [&](std::size_t frame) {
    ov::InferRequest& request = requests.at(frame % 2);
    geometry.at(frame % 2) = work->write(frame, request.get_input_tensor());
    request.set_callback([work, frame, begin = Clock::now()](const std::exception_ptr&) {
      work->note({infer, frame % 2, frame, begin, Clock::now()});
    });
    request.start_async();
  };
  start(0);
  for (std::size_t frame = 0; frame < frames; ++frame) {
    if (frame + 1 < frames) start(frame + 1);
    requests.at(frame % 2).wait();
    work->look(frame, requests.at(frame % 2), geometry.at(frame % 2));
  }
}

void run_queue(const std::shared_ptr<Work>& work, AsyncInferQueue& queue, std::size_t frames) {
  using Item = std::pair<std::size_t, vision::Geometry>;
  queue.set_callback([work](Request& request, const Item& item) {
    const auto end = Clock::now();
    work->note({infer, request.slot_id(), item.first, end - request.latency(), end});
    work->look(item.first, request, item.second);
  });
  for (std::size_t frame = 0; frame < frames; ++frame) {
    Lease lease = queue.lease();
    const auto geometry = work->write(frame, lease.input());
    lease.start_async(Item{frame, geometry});
  }
  queue.wait_all();
}

std::string drawn(const std::vector<Run>& runs, std::size_t frames, const std::string& hint) {
  constexpr double left = 96;
  constexpr double width = 800;
  constexpr double lane = 20;
  constexpr std::array colors{"#4c78a8", "#f0a25a", "#54a24b"};
  const double longest = std::ranges::max(runs, {}, &Run::took).took.count();
  const double scale = width / longest;
  double y = 44;
  std::string body;
  for (const Run& run : runs) {
    body += fmt::format("<text x='8' y='{}' font-weight='bold'>{}: {:.1f} ms</text>\n", y + 12, run.title,
                        run.took.count());
    y += 18;
    for (std::size_t row = 0; row <= run.requests; ++row)
      body += fmt::format(
          "<text x='8' y='{0}'>{1}</text><rect x='{2}' y='{3}' width='{4:.1f}' height='{5}' "
          "fill='#eeeeee'/>\n",
          y + lane * static_cast<double>(row) + 14, row == 0 ? "program" : fmt::format("request {}", row - 1), left,
          y + lane * static_cast<double>(row) + 2, run.took.count() * scale, lane - 4);
    for (const Span& span : run.spans) {
      const double x = left + Ms(span.begin - run.begin).count() * scale;
      const double w = std::max(Ms(span.end - span.begin).count() * scale, 0.7);
      const double top = y + (span.kind == infer ? static_cast<double>(span.lane + 1) * lane : 0) + 2;
      body += fmt::format("<rect x='{:.1f}' y='{}' width='{:.1f}' height='{}' fill='{}'/>\n", x, top, w, lane - 4,
                          colors.at(span.kind));
      if (span.kind == infer)
        body +=
            fmt::format("<text x='{:.1f}' y='{}' text-anchor='middle'>{}</text>\n", x + w / 2, top + 12, span.frame);
    }
    y += lane * static_cast<double>(run.requests + 1) + 12;
  }
  const std::string legend = fmt::format(
      "<text x='8' y='18'>{} frames, compiled for {}:</text><rect x='300' y='8' width='12' height='12' fill='{}'/>"
      "<text x='316' y='18'>letterbox</text><rect x='400' y='8' width='12' height='12' fill='{}'/><text x='416' "
      "y='18'>inference of frame n</text><rect x='560' y='8' width='12' height='12' fill='{}'/><text x='576' "
      "y='18'>NMS</text><rect x='630' y='8' width='12' height='12' fill='#eeeeee'/><text x='646' y='18'>idle</text>\n",
      frames, hint, colors[prepare], colors[infer], colors[read]);
  return fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' width='{0}' height='{1}' viewBox='0 0 {0} {1}' "
      "font-family='sans-serif' font-size='12'>\n<rect width='100%' height='100%' fill='white'/>\n{2}{3}"
      "</svg>\n",
      left + width + 16, y, legend, body);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) throw std::invalid_argument("usage: timeline MODEL PICTURES FILE.svg [HINT [FRAMES [RUNS]]]");
  const std::string hint = argc > 4 ? argv[4] : "THROUGHPUT";
  const std::size_t frames = argc > 5 ? positive<std::size_t>("FRAMES", argv[5]) : 12;
  const int runs = argc > 6 ? positive<int>("RUNS", argv[6]) : 15;
  cv::setNumThreads(1);
  ov::Core core;
  const pipeline::DetectorModel model = pipeline::load_model(core, argv[1], std::nullopt);
  pipeline::DeviceOptions device;
  device.hint = hint;
  ov::CompiledModel compiled = pipeline::compile(core, model, device);
  const pipeline::Sources sources = pipeline::expand_sources(std::vector<std::string>{argv[2]});
  if (!sources.problems.empty()) throw std::invalid_argument(sources.problems.front());
  if (sources.pictures.empty()) throw std::invalid_argument(fmt::format("{}: there are no pictures", argv[2]));
  pipeline::PictureReader reader;
  std::vector<cv::Mat> pictures;
  pictures.reserve(sources.pictures.size());
  for (const auto& path : sources.pictures) pictures.push_back(reader.read(path));

  std::array requests{compiled.create_infer_request(), compiled.create_infer_request()};
  AsyncInferQueue queue(compiled);
  std::vector<Run> best(3);
  for (int round = 0; round <= runs; ++round) {  // the first also warms the requests up
    for (std::size_t mode = 0; mode < best.size(); ++mode) {
      const auto work = std::make_shared<Work>(model, pictures);
      Run& run = work->run;
      run.title = std::array{"one request", "two requests in turn", "the queue"}.at(mode);
      run.requests = std::max<std::size_t>(queue.size(), mode == 1 ? 2 : 1);
      if (mode == 0) run_one(work, requests[0], frames);
      if (mode == 1) run_two(work, requests, frames);
      if (mode == 2) run_queue(work, queue, frames);
      run.took = Clock::now() - run.begin;
      if (round == 1 || (round > 1 && run.took < best[mode].took)) best[mode] = run;
    }
  }
  for (const Run& run : best) fmt::print("{}: {} frames in {:.1f} ms\n", run.title, frames, run.took.count());
  pipeline::write_file(argv[3], drawn(best, frames, hint));
} catch (const std::exception& error) {
  fmt::print(stderr, "timeline: {}\n", error.what());
  return 1;
}
