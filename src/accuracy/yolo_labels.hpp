// YOLO's label files: what is in a picture, as text beside it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "accuracy/truth.hpp"
#include "vision/detection.hpp"

namespace inferqueue::accuracy {

/// A line of a label file, "class x y width height": centre and size as fractions of the picture. Thread rules: a plain
/// value.
struct Label {
  int class_id = 0;
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;

  bool operator==(const Label&) const = default;

  /// The same in pixels of a picture of that size.
  Truth in(vision::Size picture) const;
};

/// What a label file says.
struct LabelFile {
  std::vector<Label> labels;          ///< in the file's order
  std::size_t repeated = 0;           ///< lines that say what another one says: left out, since nothing is there twice
  std::vector<std::string> problems;  ///< "12: …" for each line that is wrong; such lines are left out
};

/// Reads the text of a label file for a model with the classes 0 to `classes` - 1. A line has five numbers: a class, a
/// centre within the picture, a size above 0 and at most 1. Blank lines, CR before LF and a byte order mark pass.
/// Thread rules: a pure function.
LabelFile parse_labels(std::string_view text, std::size_t classes);

}  // namespace inferqueue::accuracy
