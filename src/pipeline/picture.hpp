// Reading and writing pictures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "pipeline/jpeg.hpp"
#include "vision/detection.hpp"

namespace inferqueue::pipeline {

/// Decodes picture files to 8-bit BGR, turned as their EXIF orientation says: 16 bits lose the lower eight, grey and
/// palettes become colours, transparency is dropped, CMYK is turned into RGB without its colour profile. Keeps its
/// buffers from call to call.
/// Thread rules: one call at a time per object.
class PictureReader {
 public:
  /// Throws base::UserError, naming the file, for one that is missing, empty, no picture, or cut short (which OpenCV
  /// itself would fill up with grey). Decodes into the memory that is given, where that fits and the format allows it:
  /// whoever has the picture that it held must not look at it any more.
  cv::Mat read(const std::filesystem::path& path, cv::Mat memory = {});

  /// From now on JPEGs that are much larger than a letterbox of this size are decoded to a half, a quarter or an eighth
  /// of their width and height, which takes less time; see JpegDecoder.
  void reduce_for(vision::Size network) { network_ = network; }
  /// Of the picture that was read last, as it is when it isn't reduced.
  vision::Size size() const noexcept { return size_; }
  /// What is wrong with the picture that was read last though it could be decoded: one line that names the file, or
  /// nothing. JPEG decoders fill in what they can't read. Needs catch_decoder_messages().
  const std::string& warning() const noexcept { return warning_; }

 private:
  std::vector<unsigned char> bytes_;
  JpegDecoder jpeg_;
  vision::Size network_;
  vision::Size size_;
  std::string warning_;
};

/// Encodes by the path's extension and writes the file in one piece. Throws base::UserError naming the file.
void write_picture(const std::filesystem::path& path, const cv::Mat& bgr8);

/// True if pictures can be written with this extension (with its dot, in lower case).
bool can_write_extension(const std::string& extension);

}  // namespace inferqueue::pipeline
