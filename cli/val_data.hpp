// Pictures with what is in them, laid out as YOLO's tools lay them out.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "accuracy/yolo_labels.hpp"

namespace inferqueue::cli {

struct ValData {
  std::filesystem::path labels_folder;
  std::vector<std::filesystem::path> pictures;       ///< by name
  std::vector<std::vector<accuracy::Label>> labels;  ///< of each picture; empty until they are read
  std::size_t without_file = 0;                      ///< pictures without a label file: nothing is in them
  std::vector<std::string> notes;                    ///< what people should know, a line each
  std::vector<std::string> problems;                 ///< lines of label files that are wrong: "FILE:LINE: what is"

  std::size_t objects() const;
  /// Where the labels of a picture are, if it has a file of them.
  std::filesystem::path label_file(const std::filesystem::path& picture) const;
};

/// Finds the pictures of a data set: of a folder with images/ and labels/, or of a folder of pictures whose path has a
/// part "images", of which the last becomes "labels" (coco/images/val has its labels in coco/labels/val). Throws
/// base::UserError for anything else.
ValData find_val_data(const std::filesystem::path& folder);

/// Reads the label files, NAME.txt for each picture; with `only`, the objects of these classes. Throws base::UserError
/// if no picture has a file.
void read_labels(ValData& data, std::size_t classes, std::span<const int> only);

}  // namespace inferqueue::cli
