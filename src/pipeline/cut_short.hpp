// Whether a file is a JPEG, and whether a picture's file has its end.
#pragma once

#include <span>

namespace inferqueue::pipeline {

/// True for bytes that begin as every JPEG does. Thread rules: a pure function.
bool is_jpeg(std::span<const unsigned char> bytes);

/// True for a JPEG or PNG without its end. Decoders make grey of what is missing and say nothing, so it is looked for.
/// Thread rules: a pure function.
bool is_cut_short(std::span<const unsigned char> bytes);

}  // namespace inferqueue::pipeline
