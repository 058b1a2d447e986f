// A network's output, of whatever shape and numbers, to objects in a picture.
// Seed: source width and height, network width and height, rank and dimensions, maximum of objects, conf, iou, agnostic
// (a flag), wanted class, and the numbers of the output, repeated as long as it takes.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
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

/// What Yolov5Head promises, one row after the other and in plain words.
std::vector<Candidate> expected_candidates(const std::vector<float>& output, std::size_t classes, float conf) {
  std::vector<Candidate> expected;
  for (std::size_t start = 0; start < output.size(); start += 5 + classes) {
    const float* const row = output.data() + start;
    if (!(row[4] > conf)) continue;
    std::size_t best = classes;
    for (std::size_t i = 0; i < classes; ++i)
      if (!std::isnan(row[5 + i]) && (best == classes || row[5 + i] > row[5 + best])) best = i;
    if (best == classes || !(row[2] >= 0 && row[3] >= 0)) continue;
    const float score = row[4] * row[5 + best];
    const Box box{row[0] - row[2] / 2, row[1] - row[3] / 2, row[0] + row[2] / 2, row[1] + row[3] / 2};
    if (score > conf && std::isfinite(score) && is_finite(box))
      expected.push_back({box, score, static_cast<int>(best)});
  }
  return expected;
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
  for (std::size_t& dimension : shape) dimension = input.whole();
  vision::PostprocessOptions options;
  options.max_det = 1 + input.whole_to(999);
  options.conf = share(input);
  options.iou = share(input);
  options.agnostic = input.flag();
  if (const std::size_t wanted = input.whole_to(100); wanted > 0) options.classes = {static_cast<int>(wanted) - 1};

  const vision::Recognition recognized = vision::recognize(shape, network);
  require((recognized.head == nullptr) != recognized.explanation.empty(), "there is a head, or else a reason");
  if (!recognized.head) return;
  const std::size_t classes = recognized.head->classes();
  require(shape.size() == 3 && classes + 5 == shape[2] && classes > 0, "a row is a box, its score and the classes");
  if (shape[1] > most_numbers / shape[2]) return;

  std::vector<float> numbers;
  while (!input.empty()) numbers.push_back(input.number());
  if (numbers.empty()) return;
  std::vector<float> output(shape[1] * shape[2]);
  for (std::size_t i = 0; i < output.size(); ++i) output[i] = numbers[i % numbers.size()];

  std::vector<Candidate> candidates;
  recognized.head->decode(output, {.conf = options.conf}, candidates);
  require(candidates == expected_candidates(output, classes, options.conf), "the candidates are those of the rows");
  vision::Postprocess postprocess;
  check_objects(postprocess.apply(*recognized.head, output, geometry_of(source, network), options), options, classes,
                source);

  output.pop_back();  // half a row
  bool refused = false;
  try {
    recognized.head->decode(output, {.conf = options.conf}, candidates);
  } catch (const std::invalid_argument&) {
    refused = true;
  }
  require(refused, "an output that isn't made of whole rows is refused");
}

}  // namespace inferqueue::fuzz
