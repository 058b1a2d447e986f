// Which way up a JPEG was taken.
#pragma once

#include <span>

namespace inferqueue::pipeline {

/// The orientation that a JPEG's EXIF data tells (Exif 2.32, 4.6.4 A: 1 to 8, 1 where nothing need be turned), 1 where
/// it tells none or nonsense. Looks into APP1 segments before the picture's data, at the first directory only. Thread
/// rules: a pure function, for any bytes.
int exif_orientation(std::span<const unsigned char> jpeg);

}  // namespace inferqueue::pipeline
