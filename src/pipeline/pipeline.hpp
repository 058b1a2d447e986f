// Pictures through the queue: read and letterbox here, infer in the queue, decode in the callback, deliver in order.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

#include <inferqueue/async_infer_queue.hpp>

#include "pipeline/detector.hpp"
#include "pipeline/frame_source.hpp"
#include "pipeline/result.hpp"

namespace inferqueue::pipeline {

struct PipelineOptions {
  vision::PostprocessOptions postprocess;
  bool keep_pictures = true;  ///< leave the picture in its result, for drawing
};

/// What becomes of the results. Thread rules: called by one thread, the pipeline's own. A sink that throws ends the
/// run.
class FrameSink {
 public:
  FrameSink() = default;
  virtual ~FrameSink() = default;
  FrameSink(const FrameSink&) = delete;
  FrameSink& operator=(const FrameSink&) = delete;
  FrameSink(FrameSink&&) = delete;
  FrameSink& operator=(FrameSink&&) = delete;

  /// Every result, also of pictures that failed, in the order of its source. The pipeline uses its memory again
  /// afterwards, unless it is moved away: whoever keeps the picture clones it.
  virtual void take(PictureResult& result) = 0;
  /// Something is to be told of a source, which goes on.
  virtual void note(std::size_t source, const std::string& text) = 0;
  /// A source has given everything; `failure` says why where it should have given more, and is empty else.
  virtual void end(std::size_t source, const std::string& failure) = 0;
};

/// Detects in each frame of each source. The sources share the queue: each reads on a thread of its own, and the next
/// free infer request goes to the one that has waited longest, so that none gets more than its share while others
/// want theirs, and one that stands still holds up no other. The number of results under way is bounded for each.
///
/// Returns when everything has been delivered; after a stop request, what was under way by then. Rethrows what the
/// sink throws, and stops then. Sets the queue's callbacks; the queue must have been made from `model`, and is idle
/// again afterwards. Call it from one thread at a time per queue.
void detect_frames(const DetectorModel& model, AsyncInferQueue& queue,
                   std::span<const std::unique_ptr<FrameSource>> sources, const PipelineOptions& options,
                   FrameSink& sink, std::stop_token stop = {});

/// The same for a list of pictures: gives every result to `sink`, in the order of the pictures.
void detect_pictures(const DetectorModel& model, AsyncInferQueue& queue,
                     std::span<const std::filesystem::path> pictures, const PipelineOptions& options,
                     const std::function<void(PictureResult)>& sink, std::stop_token stop = {});

}  // namespace inferqueue::pipeline
