// The seam to the layouts of detectors' outputs. To add one: implement Head and a function that recognizes it in a file
// of its own, and add the function to the table in registry.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vision/detection.hpp"

namespace inferqueue::vision {

struct DecodeOptions {
  float conf = 0.25F;  ///< Only candidates with a higher score are read.
};

/// Reads candidates from one layout of output. Thread rules: immutable; any number of calls at once.
class Head {
 public:
  Head() = default;
  virtual ~Head() = default;
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;
  Head(Head&&) = delete;
  Head& operator=(Head&&) = delete;

  /// The layout's name for people, as "YOLOv5".
  virtual std::string_view name() const = 0;

  /// The number of classes; class ids are below it.
  virtual std::size_t classes() const = 0;

  /// Appends the candidates above the confidence threshold, in network pixels and in the order of the output, before
  /// any suppression. `output` is one picture's output tensor, row by row. Values that aren't finite and negative
  /// sizes never reach a candidate. Throws std::invalid_argument if the output's length doesn't fit the layout.
  virtual void decode(std::span<const float> output, const DecodeOptions& options,
                      std::vector<Candidate>& out) const = 0;
};

/// What an output was recognized as: a head, or else the reason why there is none, as a sentence for people.
struct Recognition {
  std::unique_ptr<const Head> head;
  std::string explanation;
};

/// A layout's own test of an output's shape and the network's input size: a Recognition if the output is of this
/// layout (which may be that it isn't supported), nothing if it isn't.
using Recognizer = std::optional<Recognition> (*)(std::span<const std::size_t> shape, Size network);

}  // namespace inferqueue::vision
