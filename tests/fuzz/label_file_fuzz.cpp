// A label file of YOLO's. Seed: the number of classes, then the file.
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "accuracy/yolo_labels.hpp"
#include "fuzz/fuzz.hpp"

namespace inferqueue::fuzz {
namespace {

std::size_t lines_with_text(std::string_view text) {
  std::size_t count = 0;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (Input input(text); !input.empty();)
    if (input.line().find_first_not_of(" \t\r\f\v") != std::string_view::npos) ++count;
  return count;
}

void check_label(const accuracy::Label& label, std::size_t classes) {
  require(label.class_id >= 0 && static_cast<std::size_t>(label.class_id) < classes, "the class is one there is");
  for (const double share : {label.x, label.y, label.width, label.height})
    require(share >= 0 && share <= 1, "everything is a fraction of the picture");
  require(label.width > 0 && label.height > 0, "the box has a size");
  const vision::Box box = label.in({640, 480}).box;
  require(box.x1 <= box.x2 && box.y1 <= box.y2, "the first corner is the upper left one");
  require(box.x1 >= -320 && box.x2 <= 960 && box.y1 >= -240 && box.y2 <= 720, "half of the box is in the picture");
}

}  // namespace

void run(Input input) {
  const std::size_t classes = 1 + input.whole_to(999);
  const accuracy::LabelFile file = accuracy::parse_labels(input.rest(), classes);
  require(file.labels.size() + file.repeated + file.problems.size() == lines_with_text(input.rest()),
          "each line is a label, says it again, or is wrong");
  std::string again;
  for (const accuracy::Label& label : file.labels) {
    check_label(label, classes);
    require(std::ranges::count(file.labels, label) == 1, "no label is there twice");
    again += fmt::format("{} {} {} {} {}\n", label.class_id, label.x, label.y, label.width, label.height);
  }
  for (const std::string& problem : file.problems)
    require(problem.find(": ") != std::string::npos, "a problem has its line's number");
  const accuracy::LabelFile same = accuracy::parse_labels(again, classes);
  require(same.labels == file.labels && same.problems.empty() && same.repeated == 0,
          "what was read, written and read again is the same");
}

}  // namespace inferqueue::fuzz
