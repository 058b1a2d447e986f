#include "measure/layers.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <openvino/runtime/properties.hpp>

#include "measure/request_tensors.hpp"

namespace inferqueue::measure {

std::vector<Layer> profile(ov::Core& core, Work& work, pipeline::DeviceOptions device, std::size_t inferences) {
  device.properties[ov::enable_profiling.name()] = true;
  ov::CompiledModel compiled = work.compile(core, device);
  ov::InferRequest request = compiled.create_infer_request();
  work.fill(SingleInputs(request));
  request.infer();  // the first is slower
  std::map<std::string, Layer> by_name;
  double all_us = 0;
  for (std::size_t i = 0; i < inferences; ++i) {
    request.infer();
    for (const ov::ProfilingInfo& info : request.get_profiling_info()) {
      if (info.status != ov::ProfilingInfo::Status::EXECUTED) continue;
      const auto mean_us = [&](std::chrono::microseconds time) {
        return static_cast<double>(time.count()) / static_cast<double>(inferences);
      };
      Layer& layer = by_name[info.node_name];
      layer.name = info.node_name;
      layer.type = info.node_type;
      layer.exec_type = info.exec_type;
      layer.real_us += mean_us(info.real_time);
      layer.cpu_us += mean_us(info.cpu_time);
      all_us += mean_us(info.real_time);
    }
  }
  std::vector<Layer> layers;
  for (auto& [name, layer] : by_name) {
    layer.share = all_us > 0 ? layer.real_us / all_us : 0;
    layers.push_back(std::move(layer));
  }
  std::ranges::sort(layers, std::ranges::greater(), &Layer::real_us);
  return layers;
}

}  // namespace inferqueue::measure
