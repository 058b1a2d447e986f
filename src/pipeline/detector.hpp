// A detector compiled for a device.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/infer_request.hpp>

#include <inferqueue/async_infer_queue.hpp>

#include "pipeline/device_options.hpp"
#include "pipeline/jobs.hpp"
#include "pipeline/model.hpp"
#include "vision/letterbox.hpp"
#include "vision/postprocess.hpp"

namespace inferqueue::pipeline {

/// Compiles a model. Throws base::UserError that names the device, the hint or the property that is wrong
/// (base::OptionError for a value that is none).
/// A detector's edges are those of edges.hpp; write_input() and read_output() know them.
ov::CompiledModel compile(ov::Core& core, const DetectorModel& model, const DeviceOptions& options);
/// The same for any model, as it is; `name` is what it is called in errors.
ov::CompiledModel compile(ov::Core& core, const std::shared_ptr<const ov::Model>& graph, const std::string& name,
                          const DeviceOptions& options);

/// The type that a compiled model computes in: "f32", "bf16" …; "unknown" where the device doesn't say.
std::string inference_precision(const ov::CompiledModel& compiled);

/// A queue of so many infer requests (0: the device's choice). Throws base::OptionError that names --nireq where their
/// tensors would not fit into this machine's memory, base::UserError where the runtime can't make them.
std::unique_ptr<AsyncInferQueue> make_queue(ov::CompiledModel model, std::size_t jobs);

/// Writes a picture (8-bit BGR) into a request's input tensor. `source` as for vision::Letterbox.
vision::Geometry write_input(vision::Letterbox& letterbox, const cv::Mat& bgr8, ov::Tensor& input, vision::Size network,
                             vision::Size source = {});

/// Reads the objects from the outputs of a request that has completed, into `detections` instead of what is there.
void read_output(vision::Postprocess& postprocess, const DetectorModel& model, const Request& request,
                 const vision::Geometry& geometry, const vision::PostprocessOptions& options,
                 std::vector<vision::Detection>& detections);
void read_output(vision::Postprocess& postprocess, const DetectorModel& model, ov::InferRequest& request,
                 const vision::Geometry& geometry, const vision::PostprocessOptions& options,
                 std::vector<vision::Detection>& detections);
/// From wherever they are: `output_of` gives one by its position.
void read_output(vision::Postprocess& postprocess, const DetectorModel& model,
                 const std::function<ov::Tensor(std::size_t)>& output_of, const vision::Geometry& geometry,
                 const vision::PostprocessOptions& options, std::vector<vision::Detection>& detections);

}  // namespace inferqueue::pipeline
