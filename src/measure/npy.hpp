// Arrays as NumPy saves them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <openvino/core/shape.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/runtime/tensor.hpp>

namespace inferqueue::measure {

/// What a .npy file says about its data.
struct NpyHeader {
  ov::element::Type type;
  ov::Shape shape;
  std::size_t data_at = 0;  ///< the offset of the first element, in bytes
};

/// Reads the header of versions 1 to 3 of the format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format
/// .html. `bytes` is the file, or its beginning of 64 KiB. Throws base::UserError that says what is wrong, without
/// naming the file: no .npy file, cut short, a type that no model takes, elements of the other byte order, in Fortran's
/// order. Thread rules: a pure function.
NpyHeader read_npy_header(std::string_view bytes);

/// The array in a tensor of its own. Throws base::UserError that names the file.
ov::Tensor read_npy(const std::filesystem::path& path);

}  // namespace inferqueue::measure
