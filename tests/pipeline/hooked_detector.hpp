// A detector in whose inferences tests have a hand: HookOp::hook.
#pragma once

#include "pipeline/detector.hpp"
#include "pipeline/f32_options.hpp"
#include "support/known_boxes.hpp"
#include "support/models.hpp"
#include "vision/heads/registry.hpp"

namespace inferqueue::pipeline {

struct HookedDetector {
  /// So many infer requests and as many streams, so that so many inferences run at the same time.
  explicit HookedDetector(int jobs) : queue(compiled(jobs), static_cast<std::size_t>(jobs)) {}
  HookedDetector(const HookedDetector&) = delete;
  HookedDetector& operator=(const HookedDetector&) = delete;
  HookedDetector(HookedDetector&&) = delete;
  HookedDetector& operator=(HookedDetector&&) = delete;
  ~HookedDetector() { testing::HookOp::hook = nullptr; }

  static DetectorModel make_model() {
    DetectorModel made;
    made.path = "hooked.xml";
    made.graph = testing::known_boxes_model({.hook = true});
    made.network = {64, 64};
    made.head = vision::recognize({.shape = ov::Shape{1, 252, 8}, .network = made.network}).head;
    return made;
  }
  ov::CompiledModel compiled(int jobs) {
    core.add_extension<testing::HookOp>();
    DeviceOptions options = f32();
    options.streams = jobs;
    return compile(core, model, options);
  }

  ov::Core core;
  DetectorModel model = make_model();
  AsyncInferQueue queue;
};

}  // namespace inferqueue::pipeline
