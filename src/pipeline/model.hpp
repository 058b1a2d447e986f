// Reads a detector's model and makes it ready for the pipeline.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/runtime/core.hpp>

#include "vision/detection.hpp"
#include "vision/heads/head.hpp"
#include "vision/heads/registry.hpp"

namespace inferqueue::pipeline {

/// A detector: one input [1,3,height,width], RGB from 0 to 1, and outputs that a head reads, all of the model's own
/// floating-point types. A YOLOv5's own decoding is left out of it, see late_decoding.hpp. What is compiled has other
/// edges, see edges.hpp.
struct DetectorModel {
  static constexpr std::size_t most_outputs = 8;

  std::filesystem::path path;
  std::shared_ptr<ov::Model> graph;
  vision::Size network;
  std::unique_ptr<const vision::Head> head;
  std::vector<std::size_t> outputs{0};  ///< which of the graph's outputs the head reads, in this order
  std::vector<std::string> labels;      ///< from its metadata, or COCO's for 80 classes; may be empty
};

/// Reads OpenVINO IR (.xml with its .bin), ONNX, or a folder that holds one of them; or makes a built-in model
/// ("builtin:yolov5n", see models/builtin.hpp). A dynamic input gets the size `imgsz` (640×640 if there is none); a
/// static one keeps its own. The output is read as its shape and the model's metadata say, or as `head` does, one of
/// vision::head_options(). Throws base::UserError for a file that is missing, damaged, of another kind, or no detector,
/// and base::OptionError for an imgsz that the model can't take and a head that none of its outputs fits.
DetectorModel load_model(ov::Core& core, const std::filesystem::path& path, std::optional<vision::Size> imgsz,
                         std::string_view head = vision::kAutoHead);

}  // namespace inferqueue::pipeline
