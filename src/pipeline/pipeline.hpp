// Pictures through the queue: read and letterbox here, infer in the queue, decode in the callback, deliver in order.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>

#include <inferqueue/async_infer_queue.hpp>

#include "pipeline/detector.hpp"
#include "pipeline/result.hpp"

namespace inferqueue::pipeline {

struct PipelineOptions {
  vision::PostprocessOptions postprocess;
  bool keep_pictures = true;  ///< leave the picture in its result, for drawing
};

/// Detects in each picture and gives every result, also of pictures that failed, to `sink`, in the order of the
/// pictures, on a thread of its own. While one picture is being inferred the next ones are read and letterboxed, and
/// earlier ones are in the sink; the number under way is bounded by the queue's size.
///
/// Returns when everything has been delivered; after a stop request, what was under way by then. Rethrows what the
/// sink throws, and stops then. Sets the queue's callbacks; the queue must have been made from `model`, and is idle
/// again afterwards. Call it from one thread at a time per queue.
void detect_pictures(const DetectorModel& model, AsyncInferQueue& queue,
                     std::span<const std::filesystem::path> pictures, const PipelineOptions& options,
                     const std::function<void(PictureResult)>& sink, std::stop_token stop = {});

}  // namespace inferqueue::pipeline
