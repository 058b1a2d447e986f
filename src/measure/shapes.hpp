// Shapes as people type them, and models that are given them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openvino/core/model.hpp>

namespace inferqueue::measure {

struct NamedShape {
  std::string input;  ///< empty: every input
  ov::Shape shape;
};

/// Its name, or its node's where it has none.
std::string input_name(const ov::Output<const ov::Node>& input);

/// Whether this is a name of the input, or its node's.
bool is_named(const ov::Output<const ov::Node>& input, const std::string& name);

/// "[1,3,640,640]" for every input, "a[1,4],b[2]" for those named. Throws base::OptionError that says what can't be
/// read. Thread rules: a pure function.
std::vector<NamedShape> parse_shapes(std::string_view text);

/// Each input's name, shape and type: "x f32 [1,16], ids i64 [?,128]".
std::string inputs_text(const ov::Model& model);

/// Gives the inputs these shapes, and a first dimension of `batch` where one is given; a first dimension that is still
/// dynamic becomes 1. Throws base::OptionError, which lists the model's inputs, for a shape that it refuses, an input
/// that it doesn't have, and what stays dynamic.
void settle_shapes(ov::Model& model, const std::vector<NamedShape>& shapes, std::optional<std::size_t> batch);

}  // namespace inferqueue::measure
