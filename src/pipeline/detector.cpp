#include "pipeline/detector.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <hwy/base.h>
#include <openvino/runtime/properties.hpp>
#include <unistd.h>

#include "base/user_error.hpp"
#include "devices/brief.hpp"
#include "devices/names.hpp"
#include "pipeline/edges.hpp"

namespace inferqueue::pipeline {
namespace {

ov::AnyMap properties_of(const DeviceOptions& options) {
  ov::AnyMap properties = options.properties;
  if (!options.hint.empty()) properties[ov::hint::performance_mode.name()] = devices::performance_hint(options.hint);
  if (options.streams) {
    if (*options.streams < 1 || *options.streams > 1024)
      throw base::OptionError(fmt::format("--nstreams {}: give 1 to 1024", *options.streams));
    properties[ov::num_streams.name()] = *options.streams;
  }
  if (options.threads) {
    if (*options.threads < 1 || *options.threads > 4096)
      throw base::OptionError(fmt::format("--nthreads {}: give 1 to 4096", *options.threads));
    properties[ov::inference_num_threads.name()] = *options.threads;
  }
  if (!options.precision.empty()) {
    static constexpr std::array<std::string_view, 3> known{"f32", "f16", "bf16"};
    if (std::ranges::find(known, options.precision) == known.end())
      throw base::OptionError(fmt::format("--precision '{}': unknown; use f32, f16 or bf16", options.precision));
    properties[ov::hint::inference_precision.name()] = options.precision;
  }
  std::error_code ignored;
  if (std::filesystem::exists(options.cache_dir, ignored) && !std::filesystem::is_directory(options.cache_dir, ignored))
    throw base::UserError(fmt::format("--cache-dir {}: is a file; give a folder", options.cache_dir.string()));
  if (!options.cache_dir.empty()) properties[ov::cache_dir.name()] = options.cache_dir.string();
  return properties;
}

/// What one infer request's inputs and outputs take, in bytes; dynamic ones count as nothing.
std::size_t tensor_bytes(const ov::CompiledModel& model) {
  std::size_t bytes = 0;
  for (const auto& ports : {model.inputs(), model.outputs()})
    for (const auto& port : ports)
      if (port.get_partial_shape().is_static())
        bytes += ov::shape_size(port.get_shape()) * port.get_element_type().size();
  return bytes;
}

using Views = std::array<vision::Output, DetectorModel::most_outputs>;

/// Both types are the runtime's sixteen bits.
vision::Output view(std::span<const ov::bfloat16> values) {
  static_assert(sizeof(ov::bfloat16) == sizeof(hwy::bfloat16_t));
  return std::span(reinterpret_cast<const hwy::bfloat16_t*>(values.data()), values.size());
}

}  // namespace

ov::CompiledModel compile(ov::Core& core, const DetectorModel& model, const DeviceOptions& options) {
  return compile(core, with_edges(model, edges_for(core, model, options)), model.path.string(), options);
}

ov::CompiledModel compile(ov::Core& core, const std::shared_ptr<const ov::Model>& graph, const std::string& name,
                          const DeviceOptions& options) {
  const ov::AnyMap properties = properties_of(options);
  // Looking for devices loads the plugins of all there might be. The CPU's needn't be looked for.
  if (options.device != "CPU") devices::check_device(options.device, core.get_available_devices());
  try {
    return core.compile_model(graph, options.device, properties);
  } catch (const std::exception& error) {
    throw base::UserError(
        fmt::format("device '{}': can't compile '{}': {}", options.device, name, devices::brief(error)));
  }
}

std::string inference_precision(const ov::CompiledModel& compiled) {
  try {
    return compiled.get_property(ov::hint::inference_precision).to_string();
  } catch (const std::exception&) {  // a device of several has none of its own
    return "unknown";
  }
}

std::unique_ptr<AsyncInferQueue> make_queue(ov::CompiledModel model, std::size_t jobs) {
  // Each request has tensors of its own. Without this check the runtime, or the system, gives up somewhere on the way.
  const double needed = static_cast<double>(jobs) * static_cast<double>(tensor_bytes(model));
  const double here = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  constexpr double gigabyte = 1e9;
  if (needed > here)
    throw base::OptionError(fmt::format(
        "--nireq {}: the inputs and outputs of so many infer requests of this model take {:.0f} GB, and this "
        "machine has {:.0f}; give fewer",
        jobs, needed / gigabyte, here / gigabyte));
  try {
    return std::make_unique<AsyncInferQueue>(std::move(model), jobs);
  } catch (const std::exception& error) {
    throw base::UserError(
        fmt::format("--nireq {}: so many infer requests can't be made: {}", jobs, devices::brief(error)));
  }
}

vision::Geometry write_input(vision::Letterbox& letterbox, const cv::Mat& bgr8, ov::Tensor& input, vision::Size network,
                             vision::Size source) {
  if (input.get_element_type() != ov::element::bf16)
    return letterbox.apply(bgr8, std::span(input.data<std::uint8_t>(), input.get_size()), network, source);
  auto* const pixels = reinterpret_cast<hwy::bfloat16_t*>(input.data<ov::bfloat16>());
  return letterbox.apply(bgr8, std::span(pixels, input.get_size()), network, source);
}

void read_output(vision::Postprocess& postprocess, const DetectorModel& model, const Request& request,
                 const vision::Geometry& geometry, const vision::PostprocessOptions& options,
                 std::vector<vision::Detection>& detections) {
  Views views;
  for (std::size_t i = 0; i < model.outputs.size(); ++i) {
    const std::size_t output = model.outputs[i];
    if (request.model_outputs()[output].get_element_type() == ov::element::bf16)
      views.at(i) = view(request.values<ov::bfloat16>(output));
    else
      views.at(i) = request.values<float>(output);
  }
  postprocess.apply(*model.head, std::span(views).first(model.outputs.size()), geometry, options, detections);
}

void read_output(vision::Postprocess& postprocess, const DetectorModel& model, ov::InferRequest& request,
                 const vision::Geometry& geometry, const vision::PostprocessOptions& options,
                 std::vector<vision::Detection>& detections) {
  const auto output_of = [&](std::size_t i) { return request.get_output_tensor(i); };
  read_output(postprocess, model, output_of, geometry, options, detections);
}

void read_output(vision::Postprocess& postprocess, const DetectorModel& model,
                 const std::function<ov::Tensor(std::size_t)>& output_of, const vision::Geometry& geometry,
                 const vision::PostprocessOptions& options, std::vector<vision::Detection>& detections) {
  std::array<ov::Tensor, DetectorModel::most_outputs> tensors;  // for as long as they are looked at
  Views views;
  for (std::size_t i = 0; i < model.outputs.size(); ++i) {
    const ov::Tensor& tensor = tensors.at(i) = output_of(model.outputs[i]);
    if (tensor.get_element_type() == ov::element::bf16)
      views.at(i) = view({tensor.data<const ov::bfloat16>(), tensor.get_size()});
    else
      views.at(i) = std::span(tensor.data<const float>(), tensor.get_size());
  }
  postprocess.apply(*model.head, std::span(views).first(model.outputs.size()), geometry, options, detections);
}

}  // namespace inferqueue::pipeline
