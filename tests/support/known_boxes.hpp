// A detector whose boxes are known, and pictures that tell it which ones to find.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <opencv2/core/mat.hpp>
#include <openvino/openvino.hpp>

#include "support/known_outputs.hpp"
#include "vision/detection.hpp"

namespace inferqueue::testing {

/// How the model differs from [1,3,64,64] f32 -> [1,252,8] f32, YOLOv5's layout for three classes.
struct KnownBoxes {
  using Layout = KnownLayout;

  ov::PartialShape input{1, 3, 64, 64};
  std::size_t classes = 3;
  Layout layout = Layout::yolov5;
  ov::element::Type input_type = ov::element::f32;
  ov::element::Type output_type = ov::element::f32;
  bool output_among_others = false;  ///< as the second of three outputs
  bool int8 = false;                 ///< the picture's red is found by a product of 8-bit numbers
  bool dynamic_rows = false;         ///< of end2end, only the rows with a score above the red: all, some or none
  bool hook = false;                 ///< every picture goes through HookOp first; such a model can't be saved
  /// Class names in the metadata, as Ultralytics write them; none where empty.
  // NOLINTNEXTLINE(readability-redundant-member-init): g++ warns where a member without an initializer is left out
  std::string names = {};
  /// Other metadata, likewise.
  // NOLINTNEXTLINE(readability-redundant-member-init): as above
  std::map<std::string, std::string> metadata = {};
};

/// No network: it looks at the red of the picture's middle pixel, and finds for a picture of 64 by 64
///  - class 1, score 0.9, around (32, 32), 32 pixels high and 16 + 32 * red wide (red is 0..1);
///  - class 0, score 0.5, from (4, 4) to (12, 20);
///  - class 2, score 0.3, from (40, 44) to (60, 60);
/// and, not above the usual threshold, class 2 with 0.2. An end-to-end layout has one more, which no suppression of
/// others' is to drop: class 1 with score 0.6 where the first is in a picture without red.
std::shared_ptr<ov::Model> known_boxes_model(const KnownBoxes& variant = {});

/// The same model saved as IR, weights as they are. Returns the .xml.
std::filesystem::path save_known_boxes(const std::filesystem::path& path, const KnownBoxes& variant = {});

/// The same as ONNX. Only the layout, the classes, int8, names and metadata may differ. Returns the path.
std::filesystem::path save_known_boxes_onnx(const std::filesystem::path& path, const KnownBoxes& variant = {});

/// What is found at threshold 0.25 in a picture of 64 by 64 of one colour, best first.
std::vector<vision::Detection> known_detections(int red);

/// Expects the same classes in the same order, scores within 0.001 and corners within `pixels`.
void expect_detections(const std::vector<vision::Detection>& found, const std::vector<vision::Detection>& wanted,
                       float pixels = 0.01F);

/// A picture of one colour, 8-bit BGR.
cv::Mat plain(int red, int width = 64, int height = 64);

/// Writes it with OpenCV, not with the code under test, in the format that the name says. Returns the path.
std::filesystem::path write(const std::filesystem::path& path, const cv::Mat& picture);

/// Writes `count` PNGs 0000.png… of 64 by 64 into a folder; the red of number i is red_of(i). Returns their paths.
std::vector<std::filesystem::path> write_many(const std::filesystem::path& folder, std::size_t count);
constexpr int red_of(std::size_t i) {
  return static_cast<int>(i * 37 % 256);
}

}  // namespace inferqueue::testing
