#include "pipeline/pipeline.hpp"

#include <atomic>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "base/user_error.hpp"
#include "devices/brief.hpp"
#include "pipeline/ordered_results.hpp"
#include "pipeline/picture.hpp"

namespace inferqueue::pipeline {
namespace {

/// One run of detect_pictures().
class Run {
 public:
  Run(const DetectorModel& model, AsyncInferQueue& queue, const PipelineOptions& options)
      : model_(model), queue_(queue), options_(options), results_(2 * queue.size() + 4), postprocess_(queue.size()) {
    queue_.set_callback([this](Request& request, std::size_t index) { decode(request, index); });
    queue_.set_error_callback(
        [this](Request& request, const std::exception_ptr& error) { fail(request.userdata<std::size_t>(), error); });
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  Run(Run&&) = delete;
  Run& operator=(Run&&) = delete;
  ~Run() {
    queue_.set_callback(nullptr);
    queue_.set_error_callback(nullptr);
  }

  void feed(std::span<const std::filesystem::path> pictures, const std::stop_token& stop) {
    for (const std::filesystem::path& picture : pictures) {
      if (stop.stop_requested()) break;
      const auto index = results_.reserve();
      if (!index) break;
      PictureResult& result = results_.at(*index);
      result.index = *index;
      result.source = picture;
      try {
        submit(result);
      } catch (...) {
        fail(*index, std::current_exception());
      }
    }
    try {
      queue_.wait_all();
    } catch (...) {  // an error from before this run
      results_.close();
      throw;
    }
    results_.close();
  }

  void deliver(const std::function<void(PictureResult)>& sink) {
    try {
      while (auto result = results_.take()) sink(*std::move(result));
    } catch (...) {
      results_.close();  // wakes feed(); what is under way finishes, unseen
      throw;
    }
  }

 private:
  void submit(PictureResult& result) {
    const std::size_t index = result.index;
    result.picture = reader_.read(result.source);
    result.warning = reader_.warning();
    result.geometry.source = {result.picture.cols, result.picture.rows};
    Lease lease = queue_.lease();
    ov::Tensor input = lease.input();
    result.geometry = write_input(letterbox_, result.picture, input, model_.network);
    if (!options_.keep_pictures) result.picture.release();
    lease.start_async(index);
  }

  void decode(Request& request, std::size_t index) {
    PictureResult& result = results_.at(index);
    result.detections =
        read_output(postprocess_[request.slot_id()], model_, request, result.geometry, options_.postprocess);
    result.latency = request.latency();
    results_.finish(index);
  }

  void fail(std::size_t index, const std::exception_ptr& error) {
    PictureResult& result = results_.at(index);
    try {
      std::rethrow_exception(error);
    } catch (const base::UserError& e) {
      result.error = e.what();
    } catch (const std::exception& e) {
      result.error = devices::brief(e);
    } catch (...) {
      result.error = "an exception that is no std::exception";
    }
    results_.finish(index);
  }

  const DetectorModel& model_;
  AsyncInferQueue& queue_;
  const PipelineOptions& options_;
  OrderedResults results_;
  PictureReader reader_;
  vision::Letterbox letterbox_;
  std::vector<vision::Postprocess> postprocess_;  // one a slot: callbacks of different slots may run side by side
};

}  // namespace

void detect_pictures(const DetectorModel& model, AsyncInferQueue& queue,
                     std::span<const std::filesystem::path> pictures, const PipelineOptions& options,
                     const std::function<void(PictureResult)>& sink, std::stop_token stop) {
  Run run(model, queue, options);
  std::exception_ptr failure;
  {
    const std::jthread delivery([&] {
      try {
        run.deliver(sink);
      } catch (...) {
        failure = std::current_exception();
      }
    });
    run.feed(pictures, stop);
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace inferqueue::pipeline
