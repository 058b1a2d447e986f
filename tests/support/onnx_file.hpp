// ONNX files, written by hand: as much of the format as a small model takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferqueue::testing {

/// A model in the making. The bytes are those of ONNX's onnx.proto (IR version 8, operator set 13) in protobuf's
/// encoding: fields of numbers, and fields with a length.
class OnnxFile {
 public:
  /// An operation with one output, which has its name, and perhaps an attribute "axis".
  void node(std::string_view operation, const std::vector<std::string>& inputs, std::string_view output,
            std::optional<std::int64_t> axis = std::nullopt);

  /// Constants; no dimensions are a scalar.
  void constant(std::string_view name, const std::vector<float>& values, const std::vector<std::size_t>& shape = {});
  void constant(std::string_view name, std::int64_t value);
  void constant(std::string_view name, const std::vector<std::int8_t>& values, const std::vector<std::size_t>& shape);
  void constant(std::string_view name, std::uint8_t value);

  /// f32.
  void input(std::string_view name, const std::vector<std::size_t>& shape);
  void output(std::string_view name, const std::vector<std::size_t>& shape);

  void metadata(const std::map<std::string, std::string>& entries);

  /// Throws std::runtime_error if it can't be written. Returns the path.
  std::filesystem::path save(const std::filesystem::path& path) const;

 private:
  std::string graph_;
  std::string metadata_;
};

}  // namespace inferqueue::testing
