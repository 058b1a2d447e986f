// A network's output, of whatever shape and numbers, to objects in a picture.
// Seed: source width and height, network width and height, rank and dimensions (999 is one that isn't fixed), head (0
// is auto, others count the layouts), classes named by the model (0 is none), whether it is end-to-end (0 no, 1 yes, 2
// it doesn't say), maximum of objects, conf, iou, agnostic (a flag), wanted class, and the numbers of the output,
// repeated as long as it takes.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "vision/heads/registry.hpp"
#include "vision/postprocess.hpp"

namespace inferqueue::fuzz {
namespace {

using vision::Box;
using vision::Candidate;

constexpr std::size_t most_numbers = 20'000;

vision::Size size_from(Input& input) {
  const auto width = static_cast<int>(1 + input.whole_to(8191));
  return {width, static_cast<int>(1 + input.whole_to(8191))};
}

bool is_finite(const Box& box) {
  const std::array<float, 4> corners{box.x1, box.y1, box.x2, box.y2};
  return std::ranges::all_of(corners, [](float corner) { return std::isfinite(corner); });
}

/// What is read of a box, its score's factor and its classes' probabilities.
void expect_row(const Box& box, bool has_size, float factor, const std::vector<float>& probabilities, float conf,
                std::vector<Candidate>& expected) {
  std::size_t best = probabilities.size();
  for (std::size_t i = 0; i < probabilities.size(); ++i)
    if (!std::isnan(probabilities[i]) && (best == probabilities.size() || probabilities[i] > probabilities[best]))
      best = i;
  if (best == probabilities.size() || !has_size || !is_finite(box)) return;
  const float score = factor * probabilities[best];
  if (score > conf && std::isfinite(score)) expected.push_back({box, score, static_cast<int>(best)});
}

/// What the heads promise, one row after the other and in plain words: `at(row, i)` is the row's number i.
template <typename At>
std::vector<Candidate> expected_candidates(std::string_view name, std::size_t rows, std::size_t row_size, const At& at,
                                           std::optional<std::size_t> classes, float conf) {
  std::vector<Candidate> expected;
  const std::size_t first_class = name == "YOLOv5" ? 5 : 4;
  for (std::size_t r = 0; r < rows; ++r) {
    if (name == "end-to-end") {
      const Box box{at(r, 0), at(r, 1), at(r, 2), at(r, 3)};
      const double class_id = std::floor(std::abs(static_cast<double>(at(r, 5))) + 0.5);
      const bool is_class = (at(r, 5) > -0.5F) && class_id < static_cast<double>(classes.value_or(100'000));
      if (is_class && is_finite(box) && box.x1 <= box.x2 && box.y1 <= box.y2 && at(r, 4) > conf &&
          std::isfinite(at(r, 4)))
        expected.push_back({box, at(r, 4), static_cast<int>(class_id)});
      continue;
    }
    const float width = at(r, 2);
    const float height = at(r, 3);
    const Box box{at(r, 0) - width / 2, at(r, 1) - height / 2, at(r, 0) + width / 2, at(r, 1) + height / 2};
    if (name == "YOLOv5" && !(at(r, 4) > conf)) continue;
    std::vector<float> probabilities;
    for (std::size_t i = first_class; i < row_size; ++i) probabilities.push_back(at(r, i));
    expect_row(box, width >= 0 && height >= 0, name == "YOLOv5" ? at(r, 4) : 1, probabilities, conf, expected);
  }
  return expected;
}

std::vector<Candidate> expected_candidates(const vision::Head& head, const std::vector<std::size_t>& shape,
                                           const std::vector<float>& output, float conf) {
  const auto in_rows = [&](std::size_t row, std::size_t i) { return output[row * shape[2] + i]; };
  const auto in_columns = [&](std::size_t row, std::size_t i) { return output[i * shape[2] + row]; };
  if (head.name() == "YOLOv8")
    return expected_candidates(head.name(), shape[2], shape[1], in_columns, head.classes(), conf);
  return expected_candidates(head.name(), shape[1], shape[2], in_rows, head.classes(), conf);
}

/// What a head's classes must be by the shape: those of an end-to-end detector by what the model names.
void check_classes(const vision::Head& head, const vision::OutputFacts& facts) {
  const std::string_view name = head.name();
  if (name == "end-to-end") {
    require(facts.shape[2] == 6 && head.classes() == facts.classes, "a row has six numbers");
    require(head.suppresses(), "nothing is suppressed after an end-to-end detector");
    return;
  }
  require(!head.suppresses(), "overlapping boxes are still to be suppressed");
  require(head.classes() > std::size_t{0}, "there is a class");
  if (name == "YOLOv5") require(*head.classes() + 5 == facts.shape[2], "a row is a box, its score and the classes");
  if (name == "YOLOv8") require(*head.classes() + 4 == facts.shape[1], "a column is a box and the classes");
  if (name == "YOLOv8 transposed") require(*head.classes() + 4 == facts.shape[2], "a row is a box and the classes");
}

/// Recognized, or nothing where that is refused.
vision::Recognition recognized_from(Input& input, const vision::OutputFacts& given) {
  vision::OutputFacts facts = given;
  const auto heads = vision::layouts();
  const std::size_t head = input.whole_to(heads.size());
  if (const std::size_t classes = input.whole_to(1000); classes > 0) facts.classes = classes;
  if (const std::size_t said = input.whole_to(2); said < 2) facts.end_to_end = said == 1;
  vision::Recognition recognized = vision::recognize(facts, head == 0 ? vision::kAutoHead : heads[head - 1]->option);
  require((recognized.head == nullptr) != recognized.explanation.empty(), "there is a head, or else a reason");
  require((recognized.head == nullptr) == (recognized.fit == vision::Fit::none), "what doesn't fit has no head");
  if (recognized.head) check_classes(*recognized.head, facts);
  return recognized;
}

/// As Letterbox places a picture.
vision::Geometry geometry_of(vision::Size source, vision::Size network) {
  const float scale = std::min(static_cast<float>(network.width) / static_cast<float>(source.width),
                               static_cast<float>(network.height) / static_cast<float>(source.height));
  return {scale, (static_cast<float>(network.width) - static_cast<float>(source.width) * scale) / 2,
          (static_cast<float>(network.height) - static_cast<float>(source.height) * scale) / 2, source};
}

void check_objects(const std::vector<vision::Detection>& objects, const vision::PostprocessOptions& options,
                   std::size_t classes, vision::Size source) {
  require(objects.size() <= options.max_det, "no more objects than the maximum");
  float last = std::numeric_limits<float>::infinity();
  for (const vision::Detection& object : objects) {
    const Box& box = object.box;
    require(object.score <= last, "the best comes first");
    require(object.score > options.conf, "an object's score is above the threshold");
    require(object.class_id >= 0 && static_cast<std::size_t>(object.class_id) < classes, "the class is one there is");
    require(options.classes.empty() || object.class_id == options.classes.front(), "the class is one that is wanted");
    require(box.x1 >= 0 && box.x2 <= static_cast<float>(source.width), "the box is within the picture's width");
    require(box.y1 >= 0 && box.y2 <= static_cast<float>(source.height), "the box is within the picture's height");
    require(box.x1 <= box.x2 && box.y1 <= box.y2, "the first corner is the upper left one");
    last = object.score;
  }
}

}  // namespace

void run(Input input) {
  const vision::Size source = size_from(input);
  const vision::Size network = size_from(input);
  std::vector<std::size_t> shape(input.whole_to(5));
  for (std::size_t& dimension : shape) {
    dimension = input.whole();
    if (dimension == 999) dimension = vision::kDynamic;
  }
  const vision::Recognition recognized = recognized_from(input, {.shape = shape, .network = network});
  vision::PostprocessOptions options;
  options.max_det = 1 + input.whole_to(999);
  options.conf = share(input);
  options.iou = share(input);
  options.agnostic = input.flag();
  if (const std::size_t wanted = input.whole_to(100); wanted > 0) options.classes = {static_cast<int>(wanted) - 1};
  if (!recognized.head) return;
  const vision::Head& head = *recognized.head;
  // The rows of an end-to-end detector may come to be as many as they like.
  for (std::size_t& dimension : shape) dimension = dimension == vision::kDynamic ? 1 : dimension;
  if (shape[1] > most_numbers / shape[2]) return;

  std::vector<float> numbers;
  while (!input.empty()) numbers.push_back(input.number());
  if (numbers.empty()) return;
  std::vector<float> output(shape[1] * shape[2]);
  for (std::size_t i = 0; i < output.size(); ++i) output[i] = numbers[i % numbers.size()];

  std::vector<Candidate> candidates;
  head.decode(output, {.conf = options.conf}, candidates);
  require(candidates == expected_candidates(head, shape, output, options.conf), "the candidates are those of the rows");
  vision::Postprocess postprocess;
  const std::vector<vision::Detection> objects = postprocess.apply(head, output, geometry_of(source, network), options);
  check_objects(objects, options, head.classes().value_or(vision::kMostClasses), source);
  if (head.suppresses() && options.classes.empty())
    require(objects.size() == std::min(candidates.size(), options.max_det), "nothing is suppressed twice");

  output.pop_back();  // half a row
  bool refused = false;
  try {
    head.decode(output, {.conf = options.conf}, candidates);
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  require(refused, "an output that isn't made of whole rows is refused");
}

}  // namespace inferqueue::fuzz
