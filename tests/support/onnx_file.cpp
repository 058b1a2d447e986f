#include "support/onnx_file.hpp"

#include <cstring>
#include <fstream>
#include <span>
#include <stdexcept>

namespace inferqueue::testing {
namespace {

// TensorProto.DataType.
enum class Type : std::uint8_t { f32 = 1, u8 = 2, i8 = 3, i64 = 7 };

void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<char>(static_cast<unsigned char>(value | 0x80U)));
  out.push_back(static_cast<char>(value));
}

void field(std::string& out, unsigned number, std::uint64_t value) {
  put_number(out, number << 3U);
  put_number(out, value);
}

void field(std::string& out, unsigned number, std::string_view bytes) {
  put_number(out, number << 3U | 2U);
  put_number(out, bytes.size());
  out += bytes;
}

template <typename T>
std::string tensor(std::string_view name, Type type, std::span<const T> values, const std::vector<std::size_t>& shape) {
  std::string proto;
  for (const std::size_t size : shape) field(proto, 1, size);  // dims
  field(proto, 2, static_cast<std::uint64_t>(type));           // data_type
  field(proto, 8, name);
  std::string raw(values.size_bytes(), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  field(proto, 9, raw);  // raw_data, little endian
  return proto;
}

/// A ValueInfoProto of f32.
std::string value_info(std::string_view name, const std::vector<std::size_t>& shape) {
  std::string dimensions;
  for (const std::size_t size : shape) {
    std::string dimension;
    field(dimension, 1, size);        // dim_value
    field(dimensions, 1, dimension);  // dim
  }
  std::string tensor_type;
  field(tensor_type, 1, static_cast<std::uint64_t>(Type::f32));  // elem_type
  field(tensor_type, 2, dimensions);                             // shape
  std::string type;
  field(type, 1, tensor_type);
  std::string proto;
  field(proto, 1, name);
  field(proto, 2, type);
  return proto;
}

// Fields of GraphProto.
constexpr unsigned graph_node = 1;
constexpr unsigned graph_name = 2;
constexpr unsigned graph_initializer = 5;
constexpr unsigned graph_input = 11;
constexpr unsigned graph_output = 12;

}  // namespace

void OnnxFile::node(std::string_view operation, const std::vector<std::string>& inputs, std::string_view output,
                    std::optional<std::int64_t> axis) {
  std::string proto;
  for (const std::string& input : inputs) field(proto, 1, input);
  field(proto, 2, output);
  field(proto, 3, output);  // its name
  field(proto, 4, operation);
  if (axis) {
    std::string attribute;
    field(attribute, 1, "axis");
    field(attribute, 3, static_cast<std::uint64_t>(*axis));  // i
    field(attribute, 20, 2);                                 // type INT
    field(proto, 5, attribute);
  }
  field(graph_, graph_node, proto);
}

void OnnxFile::constant(std::string_view name, const std::vector<float>& values,
                        const std::vector<std::size_t>& shape) {
  field(graph_, graph_initializer, tensor<float>(name, Type::f32, values, shape));
}

void OnnxFile::constant(std::string_view name, std::int64_t value) {
  field(graph_, graph_initializer, tensor<std::int64_t>(name, Type::i64, {&value, 1}, {}));
}

void OnnxFile::constant(std::string_view name, const std::vector<std::int8_t>& values,
                        const std::vector<std::size_t>& shape) {
  field(graph_, graph_initializer, tensor<std::int8_t>(name, Type::i8, values, shape));
}

void OnnxFile::constant(std::string_view name, std::uint8_t value) {
  field(graph_, graph_initializer, tensor<std::uint8_t>(name, Type::u8, {&value, 1}, {}));
}

void OnnxFile::input(std::string_view name, const std::vector<std::size_t>& shape) {
  field(graph_, graph_input, value_info(name, shape));
}

void OnnxFile::output(std::string_view name, const std::vector<std::size_t>& shape) {
  field(graph_, graph_output, value_info(name, shape));
}

void OnnxFile::metadata(const std::map<std::string, std::string>& entries) {
  for (const auto& [key, value] : entries) {
    std::string proto;
    field(proto, 1, key);
    field(proto, 2, value);
    field(metadata_, 14, proto);  // metadata_props
  }
}

std::filesystem::path OnnxFile::save(const std::filesystem::path& path) const {
  std::string operators;
  field(operators, 1, "");  // the domain: ONNX's own
  field(operators, 2, 13);
  std::string graph = graph_;
  field(graph, graph_name, "known_boxes");
  std::string model;
  field(model, 1, 8);  // ir_version
  field(model, 7, graph);
  field(model, 8, operators);
  model += metadata_;
  std::ofstream file(path, std::ios::binary);
  if (!file.write(model.data(), static_cast<std::streamsize>(model.size())).flush())
    throw std::runtime_error("can't write " + path.string());
  return path;
}

}  // namespace inferqueue::testing
