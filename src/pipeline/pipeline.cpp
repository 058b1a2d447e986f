#include "pipeline/pipeline.hpp"

#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <inferqueue/error.hpp>

#include "pipeline/error_text.hpp"
#include "pipeline/ordered_results.hpp"
#include "pipeline/picture_source.hpp"

namespace inferqueue::pipeline {
namespace {

using Sources = std::span<const std::unique_ptr<FrameSource>>;

/// Which result a request belongs to.
struct Ticket {
  std::size_t source;
  std::size_t index;
};

/// How many results of each source may be under way. Those of a live one grow old while they wait: no more than can be
/// inferred at once, and one that is delivered.
std::vector<std::size_t> bounds(Sources sources, std::size_t slots) {
  std::vector<std::size_t> bounds;
  bounds.reserve(sources.size());
  for (const auto& source : sources) bounds.push_back(source->is_live() ? slots + 1 : 2 * slots + 4);
  return bounds;
}

/// One run of detect_frames().
class Run {
 public:
  Run(const DetectorModel& model, AsyncInferQueue& queue, Sources sources, const PipelineOptions& options)
      : model_(model),
        queue_(queue),
        sources_(sources),
        options_(options),
        results_(bounds(sources, queue.size())),
        postprocess_(queue.size()) {
    queue_.set_callback([this](Request& request, Ticket ticket) { decode(request, ticket); });
    queue_.set_error_callback(
        [this](Request& request, const std::exception_ptr& error) { fail(request.userdata<Ticket>(), error); });
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  Run(Run&&) = delete;
  Run& operator=(Run&&) = delete;
  ~Run() {
    queue_.set_callback(nullptr);
    queue_.set_error_callback(nullptr);
  }

  /// Everything of a source, on a thread of its own.
  void feed(std::size_t source, const std::stop_token& stop) {
    std::string failure;
    try {
      PictureResult frame;
      vision::Letterbox letterbox;
      while (!stop.stop_requested()) {
        Step step = sources_[source]->next(frame, stop);
        if (step.kind == Step::Kind::end) failure = std::move(step.text);
        if (step.kind == Step::Kind::end) break;
        if (step.kind == Step::Kind::note) results_.note(source, std::move(step.text));
        if (step.kind == Step::Kind::frame && !submit(source, frame, letterbox, stop)) break;
      }
    } catch (...) {
      failure = error_text(std::current_exception());
    }
    results_.end(source, std::move(failure));
  }

  void deliver(FrameSink& sink) {
    PictureResult result;
    while (auto delivery = results_.take(result)) {
      if (delivery->kind == Delivery::Kind::result) sink.take(result);
      if (delivery->kind == Delivery::Kind::note) sink.note(delivery->source, delivery->text);
      if (delivery->kind == Delivery::Kind::end) sink.end(delivery->source, delivery->text);
    }
  }
  /// For a source that is not fed.
  void end(std::size_t source, std::string failure) { results_.end(source, std::move(failure)); }
  /// Nothing more will be delivered. What is under way finishes, unseen.
  void abandon() { results_.abandon(); }

 private:
  /// Takes the frame over, and leaves memory in its place. Returns false if it is to stop.
  bool submit(std::size_t source, PictureResult& frame, vision::Letterbox& letterbox, const std::stop_token& stop) {
    if (!results_.wait_for_room(source)) return false;
    std::optional<Lease> lease;
    if (frame.error.empty()) {
      try {
        lease = queue_.lease({.stop = stop});
        sources_[source]->refresh(frame);
      } catch (const Error& error) {
        if (error.code() == Errc::stopped) return false;
        frame.error = error_text(std::current_exception());
      } catch (...) {
        frame.error = error_text(std::current_exception());
      }
    }
    const Ticket ticket{.source = source, .index = results_.reserve(source)};
    PictureResult& result = results_.at(source, ticket.index);
    std::swap(result, frame);
    frame.begin_anew();
    result.index = ticket.index;
    result.frame.source = source;
    if (result.geometry.source == vision::Size{}) result.geometry.source = {result.picture.cols, result.picture.rows};
    try {
      if (result.error.empty())
        start(ticket, result, frame, letterbox, *std::move(lease));
      else
        results_.finish(source, ticket.index);
    } catch (...) {
      fail(ticket, std::current_exception());
    }
    return true;
  }

  void start(const Ticket& ticket, PictureResult& result, PictureResult& next, vision::Letterbox& letterbox,
             Lease lease) {
    ov::Tensor input = lease.input();
    result.geometry = write_input(letterbox, result.picture, input, model_.network, result.geometry.source);
    if (!options_.keep_pictures) std::swap(result.picture, next.picture);  // whose place is empty, then as before
    lease.start_async(ticket);
  }

  void decode(Request& request, const Ticket& ticket) {
    PictureResult& result = results_.at(ticket.source, ticket.index);
    read_output(postprocess_[request.slot_id()], model_, request, result.geometry, options_.postprocess,
                result.detections);
    result.latency = request.latency();
    results_.finish(ticket.source, ticket.index);
  }

  void fail(const Ticket& ticket, const std::exception_ptr& error) {
    results_.at(ticket.source, ticket.index).error = error_text(error);
    results_.finish(ticket.source, ticket.index);
  }

  const DetectorModel& model_;
  AsyncInferQueue& queue_;
  Sources sources_;
  const PipelineOptions& options_;
  OrderedResults results_;
  std::vector<vision::Postprocess> postprocess_;  // one a slot: callbacks of different slots may run side by side
};

/// A function as a sink for pictures, of which nothing is told but their results.
class PictureSink final : public FrameSink {
 public:
  explicit PictureSink(const std::function<void(PictureResult)>& sink) : sink_(sink) {}
  void take(PictureResult& result) override { sink_(std::move(result)); }
  void note(std::size_t /*source*/, const std::string& /*text*/) override {}
  void end(std::size_t /*source*/, const std::string& /*failure*/) override {}

 private:
  const std::function<void(PictureResult)>& sink_;
};

}  // namespace

void detect_frames(const DetectorModel& model, AsyncInferQueue& queue, Sources sources, const PipelineOptions& options,
                   FrameSink& sink, std::stop_token stop) {
  std::stop_source halt;  // by the caller or, if the sink throws, from here
  const std::stop_callback passed_on(stop, [&] { halt.request_stop(); });
  Run run(model, queue, sources, options);
  std::exception_ptr failure;
  {
    const std::jthread delivery([&] {
      try {
        run.deliver(sink);
      } catch (...) {
        failure = std::current_exception();
        halt.request_stop();
        run.abandon();
      }
    });
    {
      std::vector<std::jthread> feeders;
      feeders.reserve(sources.size());
      for (std::size_t i = 0; i < sources.size(); ++i) {
        try {
          feeders.emplace_back([&run, i, token = halt.get_token()] { run.feed(i, token); });
        } catch (...) {  // there are no threads for so many
          run.end(i, error_text(std::current_exception()));
        }
      }
    }
    queue.wait_all();  // throws an error from before this run
  }
  if (failure) std::rethrow_exception(failure);
}

void detect_pictures(const DetectorModel& model, AsyncInferQueue& queue,
                     std::span<const std::filesystem::path> pictures, const PipelineOptions& options,
                     const std::function<void(PictureResult)>& sink, std::stop_token stop) {
  std::vector<std::unique_ptr<FrameSource>> sources;
  sources.push_back(std::make_unique<PictureSource>(pictures));
  PictureSink pictures_sink(sink);
  detect_frames(model, queue, sources, options, pictures_sink, std::move(stop));
}

}  // namespace inferqueue::pipeline
