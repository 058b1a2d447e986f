#include "vision/postprocess.hpp"

namespace inferqueue::vision {

void Postprocess::apply(const Head& head, Outputs outputs, const Geometry& geometry, const PostprocessOptions& options,
                        std::vector<Detection>& detections) {
  candidates_.clear();
  head.decode_all(outputs, {.conf = options.conf}, candidates_);
  const auto kept = nms_.apply(candidates_, {.iou = options.iou,
                                             .max_det = options.max_det,
                                             .classes = options.classes,
                                             .agnostic = options.agnostic,
                                             .suppress = !head.suppresses()});
  detections.clear();
  detections.reserve(kept.size());
  for (const Candidate& candidate : kept) {
    detections.push_back({geometry.to_source(candidate.box), candidate.score, candidate.class_id});
  }
}

}  // namespace inferqueue::vision
