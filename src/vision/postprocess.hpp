// From a network's output to the objects in the source picture.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "vision/detection.hpp"
#include "vision/heads/head.hpp"
#include "vision/letterbox.hpp"
#include "vision/nms.hpp"

namespace inferqueue::vision {

struct PostprocessOptions {
  float conf = 0.25F;          ///< Objects with a higher score are reported.
  float iou = 0.45F;           ///< Boxes that overlap a better one by more than this are dropped.
  std::size_t max_det = 1000;  ///< At most so many objects, the best.
  /// Only these class ids; empty means all.
  // NOLINTNEXTLINE(readability-redundant-member-init): g++ warns where a member without an initializer is left out
  std::vector<int> classes = {};
  bool agnostic = false;  ///< Boxes of different classes suppress each other too.
};

/// Decodes an output, suppresses overlapping boxes, unless the network has done so, and carries the rest back to the
/// source picture. Keeps its scratch memory from call to call, and allocates nothing once that is large enough, and the
/// result's is. Thread rules: one call at a time per object; the head may be shared.
class Postprocess {
 public:
  /// Puts the objects into `detections` instead of what is there: best first, in source pixels and within the picture.
  /// `outputs` are one picture's output tensors, as the head reads them, and `geometry` what Letterbox::apply returned
  /// for that picture. Throws what Head::decode_all throws, and then leaves `detections` alone.
  void apply(const Head& head, Outputs outputs, const Geometry& geometry, const PostprocessOptions& options,
             std::vector<Detection>& detections);
  /// Returns them, for a head that reads one output.
  std::vector<Detection> apply(const Head& head, std::span<const float> output, const Geometry& geometry,
                               const PostprocessOptions& options) {
    std::vector<Detection> detections;
    const Output one = output;
    apply(head, Outputs(&one, 1), geometry, options, detections);
    return detections;
  }

 private:
  std::vector<Candidate> candidates_;
  Nms nms_;
};

}  // namespace inferqueue::vision
