// Models by what people type: a file, the folder of an export, or a built-in one.
#pragma once

#include <filesystem>
#include <memory>

#include <openvino/core/model.hpp>
#include <openvino/runtime/core.hpp>

namespace inferqueue::models {

struct NamedModel {
  std::filesystem::path path;  ///< the file itself where a folder was given
  std::shared_ptr<ov::Model> graph;
};

/// Reads OpenVINO IR (.xml with its .bin), ONNX, or a folder that holds one of them; or makes a built-in model. Throws
/// base::UserError that names the file and the remedy: missing, damaged, of another kind.
NamedModel read_model(ov::Core& core, const std::filesystem::path& given);

}  // namespace inferqueue::models
