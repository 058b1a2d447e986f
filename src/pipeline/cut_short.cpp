#include "pipeline/cut_short.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>

namespace inferqueue::pipeline {
namespace {

using Bytes = std::span<const unsigned char>;

bool begins_with(Bytes bytes, std::initializer_list<unsigned char> magic) {
  return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
}

bool ends_with(Bytes bytes, std::initializer_list<unsigned char> tail) {
  return bytes.size() >= tail.size() && std::equal(tail.begin(), tail.end(), bytes.end() - std::ssize(tail));
}

bool contains(Bytes bytes, std::initializer_list<unsigned char> wanted) {
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) != bytes.end();
}

/// True for a JPEG without its EOI marker (ISO/IEC 10918-1 B.1.1). Segments are passed over by their length, because a
/// thumbnail in one has an EOI of its own; what lies behind the EOI (phones put a film there) isn't looked at.
bool jpeg_is_cut_short(Bytes bytes) {
  if (ends_with(bytes, {0xFF, 0xD9})) return false;
  for (std::size_t i = 2; i + 1 < bytes.size();) {
    const unsigned char code = bytes[i + 1];
    const bool alone = code == 0x00 || code == 0x01 || (code >= 0xD0 && code <= 0xD8);  // no segment follows
    if (bytes[i] != 0xFF || code == 0xFF) {
      ++i;
    } else if (code == 0xD9) {
      return false;
    } else if (alone) {
      i += 2;
    } else {
      if (i + 3 >= bytes.size()) return true;
      i += 2U + (static_cast<std::size_t>(bytes[i + 2]) << 8U) + bytes[i + 3];
    }
  }
  return true;
}

}  // namespace

bool is_jpeg(Bytes bytes) {
  return begins_with(bytes, {0xFF, 0xD8, 0xFF});
}

bool is_cut_short(Bytes bytes) {
  if (is_jpeg(bytes)) return jpeg_is_cut_short(bytes);
  if (begins_with(bytes, {0x89, 'P', 'N', 'G'})) return !contains(bytes, {'I', 'E', 'N', 'D'});
  return false;
}

}  // namespace inferqueue::pipeline
