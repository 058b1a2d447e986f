// What a model says of itself beside its graph.
#pragma once

#include <filesystem>

#include <openvino/core/model.hpp>

#include "pipeline/metadata_text.hpp"

namespace inferqueue::pipeline {

/// What an exporter wrote into the model: "framework" in its rt_info, where the runtime puts ONNX's metadata_props, and
/// the labels of "model_info". What is missing there comes from the metadata.yaml that Ultralytics puts beside an IR,
/// if that is the only one in its folder. What can't be read or understood counts as missing. Thread rules: a pure
/// function but for the file.
Metadata read_metadata(const ov::Model& graph, const std::filesystem::path& path);

}  // namespace inferqueue::pipeline
