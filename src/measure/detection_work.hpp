// The same detection work done in three ways: one request, two requests, the queue.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <opencv2/core/mat.hpp>
#include <openvino/runtime/compiled_model.hpp>

#include <inferqueue/async_infer_queue.hpp>

#include "measure/clock.hpp"
#include "pipeline/detector.hpp"

namespace inferqueue::measure {

enum class Mode {
  sync,          ///< one infer request, infer() in a loop
  two_requests,  ///< two, start_async() of one while wait() on the other
  queue,         ///< AsyncInferQueue, results in the callback
  inference,     ///< the same queue without pictures: the inputs stay as they are, and nobody looks at the outputs
};
const char* to_string(Mode mode) noexcept;

struct Sample {
  std::size_t images = 0;
  Elapsed took;

  double images_per_s() const { return static_cast<double>(images) / took.wall_s; }
  double cpu_s_per_image() const { return took.cpu_s / static_cast<double>(images); }
};

/// Letterbox, inference and NMS over pictures in memory, again and again. The requests of the modes that are named are
/// made and warmed up at construction; others can't be run. Thread rules: one thread.
class DetectionWork {
 public:
  /// Holds references to its arguments. `jobs` as for pipeline::make_queue(), which throws.
  DetectionWork(const pipeline::DetectorModel& model, const ov::CompiledModel& compiled,
                std::span<const cv::Mat> pictures, const vision::PostprocessOptions& options, std::size_t jobs,
                std::span<const Mode> modes);
  DetectionWork(const DetectionWork&) = delete;
  DetectionWork& operator=(const DetectionWork&) = delete;
  DetectionWork(DetectionWork&&) = delete;
  DetectionWork& operator=(DetectionWork&&) = delete;
  ~DetectionWork() = default;

  /// Works for about this long; at least one picture. Throws what the runtime throws.
  Sample run(Mode mode, std::chrono::duration<double> duration);
  std::size_t requests(Mode mode) const;

 private:
  struct Single {
    ov::InferRequest request;
    ov::Tensor input;
    vision::Geometry geometry;
  };

  /// What reading an output needs, kept from picture to picture.
  struct Reader {
    vision::Postprocess postprocess;
    std::vector<vision::Detection> objects;
  };

  std::size_t run_sync(std::chrono::steady_clock::time_point until);
  std::size_t run_two(std::chrono::steady_clock::time_point until);
  std::size_t run_queue(std::chrono::steady_clock::time_point until);
  std::size_t run_inference(std::chrono::steady_clock::time_point until);
  const cv::Mat& picture(std::size_t i) const { return pictures_[i % pictures_.size()]; }
  void prepare(Single& single, std::size_t i);
  template <class AnyRequest>
  void read(Reader& reader, AnyRequest& request, const vision::Geometry& geometry);

  const pipeline::DetectorModel& model_;
  std::span<const cv::Mat> pictures_;
  const vision::PostprocessOptions& options_;
  vision::Letterbox letterbox_;
  std::vector<Reader> readers_;  // one a slot
  std::vector<Single> singles_;
  std::atomic<std::size_t> objects_{0};  // keeps the compiler from dropping the work
  std::unique_ptr<AsyncInferQueue> queue_;
};

}  // namespace inferqueue::measure
