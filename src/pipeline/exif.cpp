#include "pipeline/exif.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace inferqueue::pipeline {
namespace {

using Bytes = std::span<const unsigned char>;

constexpr std::array<unsigned char, 6> exif_name{'E', 'x', 'i', 'f', 0, 0};
constexpr std::uint32_t orientation_tag = 0x0112;
constexpr std::uint32_t type_short = 3;
constexpr std::size_t entry_size = 12;  // of a directory: tag 2, type 2, count 4, value 4 bytes

/// The content of a TIFF file (TIFF 6.0, section 2), in the byte order that it states.
class Tiff {
 public:
  explicit Tiff(Bytes bytes) : bytes_(bytes), little_(!bytes.empty() && bytes[0] == 'I') {}

  /// A number of so many bytes; nothing where the file has ended by then.
  std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8U | bytes_[at + (little_ ? size - 1 - i : i)];
    return value;
  }

 private:
  Bytes bytes_;
  bool little_;
};

std::optional<std::uint32_t> orientation_in(Bytes bytes) {
  const Tiff tiff(bytes);
  const auto directory = tiff.number(4, 4);
  if (tiff.number(2, 2) != 42U || !directory) return std::nullopt;
  const auto entries = tiff.number(*directory, 2);
  for (std::size_t i = 0; i < entries.value_or(0); ++i) {
    const std::size_t entry = *directory + 2 + i * entry_size;
    if (tiff.number(entry, 2) != orientation_tag) continue;
    return tiff.number(entry + 2, 2) == type_short ? tiff.number(entry + 8, 2) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

int exif_orientation(Bytes jpeg) {
  // Segments (ISO/IEC 10918-1 B.1.1.4) up to the start of the first scan.
  for (std::size_t at = 2; at + 4 <= jpeg.size() && jpeg[at] == 0xFF && jpeg[at + 1] != 0xDA;) {
    if (jpeg[at + 1] == 0xFF) {  // fill
      ++at;
      continue;
    }
    const std::size_t length = static_cast<std::size_t>(jpeg[at + 2]) << 8U | jpeg[at + 3];
    if (length < 2 || jpeg.size() - at - 2 < length) break;
    const Bytes content = jpeg.subspan(at + 4, length - 2);
    const bool is_exif = jpeg[at + 1] == 0xE1 && content.size() > exif_name.size() &&
                         std::equal(exif_name.begin(), exif_name.end(), content.begin());
    if (is_exif) {
      const auto orientation = orientation_in(content.subspan(exif_name.size())).value_or(1);
      return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
    }
    at += 2 + length;
  }
  return 1;
}

}  // namespace inferqueue::pipeline
