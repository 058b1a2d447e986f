#include "measure/npy.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/user_error.hpp"

namespace inferqueue::measure {
namespace {

using base::UserError;

constexpr std::string_view magic = "\x93NUMPY";

struct TypeName {
  std::string_view name;  // after the mark of the byte order
  ov::element::Type_t type;
};
constexpr std::array<TypeName, 12> types{{{"f8", ov::element::Type_t::f64},
                                          {"f4", ov::element::Type_t::f32},
                                          {"f2", ov::element::Type_t::f16},
                                          {"i8", ov::element::Type_t::i64},
                                          {"i4", ov::element::Type_t::i32},
                                          {"i2", ov::element::Type_t::i16},
                                          {"i1", ov::element::Type_t::i8},
                                          {"u8", ov::element::Type_t::u64},
                                          {"u4", ov::element::Type_t::u32},
                                          {"u2", ov::element::Type_t::u16},
                                          {"u1", ov::element::Type_t::u8},
                                          {"b1", ov::element::Type_t::boolean}}};

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

std::string_view without_spaces(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// What follows 'key': in the header, which is a Python dictionary.
std::string_view value_of(std::string_view header, std::string_view key) {
  for (const char quote : {'\'', '"'}) {
    const std::size_t at = header.find(fmt::format("{0}{1}{0}", quote, key));
    if (at == std::string_view::npos) continue;
    const std::string_view rest = without_spaces(header.substr(at + key.size() + 2));
    if (rest.starts_with(':')) return without_spaces(rest.substr(1));
  }
  throw UserError(fmt::format("its header has no '{}'", key));
}

ov::element::Type type_of(std::string_view value) {
  const std::string_view quoted = value.substr(0, 1);
  const std::size_t end = quoted.empty() ? std::string_view::npos : value.find(quoted.front(), 1);
  if ((quoted != "'" && quoted != "\"") || end == std::string_view::npos)
    throw UserError("its elements are records; give an array of numbers");
  const std::string_view name = value.substr(1, end - 1);
  for (const TypeName& known : types) {
    if (name.size() != 3 || name.substr(1) != known.name) continue;
    if (name.front() == '>' && name.back() != '1') throw UserError("its bytes are in the other order (big endian)");
    return known.type;
  }
  throw UserError(fmt::format("its elements are of type '{}'; give whole numbers, floats or booleans", name));
}

ov::Shape shape_of(std::string_view value) {
  const std::size_t end = value.find(')');
  if (!value.starts_with('(') || end == std::string_view::npos) throw UserError("its shape can't be read");
  ov::Shape shape;
  std::string_view rest = without_spaces(value.substr(1, end - 1));
  while (!rest.empty()) {
    std::size_t dimension = 0;
    const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), dimension);
    if (error != std::errc()) throw UserError("its shape can't be read");
    shape.push_back(dimension);
    rest = without_spaces(rest.substr(static_cast<std::size_t>(stop - rest.data())));
    if (!rest.empty() && rest.front() != ',') throw UserError("its shape can't be read");
    if (!rest.empty()) rest = without_spaces(rest.substr(1));
  }
  return shape;
}

/// Nothing where it is more than a number holds.
std::optional<std::size_t> bytes_of(const NpyHeader& header) {
  std::size_t bytes = header.type.size();
  for (const std::size_t dimension : header.shape) {
    if (dimension != 0 && bytes > std::numeric_limits<std::size_t>::max() / dimension) return std::nullopt;
    bytes *= dimension;
  }
  return bytes;
}

}  // namespace

NpyHeader read_npy_header(std::string_view bytes) {
  if (!bytes.starts_with(magic) || bytes.size() < 10) throw UserError("is no .npy file");
  const std::size_t width = bytes[6] == '\1' ? 2 : 4;
  if (bytes[6] < '\1' || bytes[6] > '\3') throw UserError("is of a version of .npy that is not known");
  const std::size_t begin = 8 + width;
  if (bytes.size() < begin) throw UserError("is cut short");
  const std::size_t length = little_endian(bytes.substr(8, width));
  if (length > bytes.size() - begin) throw UserError("is cut short");
  const std::string_view header = bytes.substr(begin, length);
  if (!value_of(header, "fortran_order").starts_with("False"))
    throw UserError("is in Fortran's order; save numpy.ascontiguousarray(x)");
  return {type_of(value_of(header, "descr")), shape_of(value_of(header, "shape")), begin + length};
}

ov::Tensor read_npy(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored))
    throw UserError(fmt::format("--input {}: can't be read", path.string()));
  try {
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const NpyHeader header = read_npy_header(bytes);
    const auto wanted = bytes_of(header);
    if (!wanted || *wanted > bytes.size() - header.data_at) throw UserError("is cut short");
    ov::Tensor tensor(header.type, header.shape);
    if (*wanted > 0) std::memcpy(tensor.data(), bytes.data() + header.data_at, *wanted);
    return tensor;
  } catch (const UserError& error) {
    throw UserError(fmt::format("--input {}: {}", path.string(), error.what()));
  }
}

}  // namespace inferqueue::measure
