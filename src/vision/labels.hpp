// The names of the classes.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inferqueue::vision {

/// The 80 classes of COCO's detection task, in the order in which YOLO networks count them.
inline constexpr std::array<std::string_view, 80> kCocoNames{
    "person",         "bicycle",    "car",           "motorcycle",    "airplane",     "bus",           "train",
    "truck",          "boat",       "traffic light", "fire hydrant",  "stop sign",    "parking meter", "bench",
    "bird",           "cat",        "dog",           "horse",         "sheep",        "cow",           "elephant",
    "bear",           "zebra",      "giraffe",       "backpack",      "umbrella",     "handbag",       "tie",
    "suitcase",       "frisbee",    "skis",          "snowboard",     "sports ball",  "kite",          "baseball bat",
    "baseball glove", "skateboard", "surfboard",     "tennis racket", "bottle",       "wine glass",    "cup",
    "fork",           "knife",      "spoon",         "bowl",          "banana",       "apple",         "sandwich",
    "orange",         "broccoli",   "carrot",        "hot dog",       "pizza",        "donut",         "cake",
    "chair",          "couch",      "potted plant",  "bed",           "dining table", "toilet",        "tv",
    "laptop",         "mouse",      "remote",        "keyboard",      "cell phone",   "microwave",     "oven",
    "toaster",        "sink",       "refrigerator",  "book",          "clock",        "vase",          "scissors",
    "teddy bear",     "hair drier", "toothbrush"};

/// kCocoNames as strings. Thread rules: a pure function.
std::vector<std::string> coco_names();

/// The names in a text file, one a line, line n for class n. A byte order mark, CR before LF, blanks around a name and
/// empty lines at the end are dropped. Throws std::runtime_error, naming the file and a remedy, if the file can't be
/// read, holds no name, or isn't text. Thread rules: a pure function but for the file.
std::vector<std::string> load_labels(const std::filesystem::path& path);

/// The names in a model's metadata: a Python dict literal "{0: 'person', 1: 'bicycle'}" (keys in any order; also as
/// JSON with quoted keys) or list literal "['person', 'bicycle']". A class without an entry gets an empty name. Returns
/// nothing if the text is anything else, holds no name, or names a class above 99999. Thread rules: a pure function.
std::optional<std::vector<std::string>> parse_names_metadata(std::string_view text);

/// The name of a class: its entry in `names`, or "class 7" if there is none or it is empty.
/// Thread rules: a pure function.
std::string class_name(std::span<const std::string> names, int class_id);

}  // namespace inferqueue::vision
