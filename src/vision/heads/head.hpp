// The seam to the layouts of detectors' outputs. To add one: implement Head and a Layout in a file of its own, and add
// the Layout to the table in registry.cpp; docs/heads.md says how.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <hwy/base.h>

#include "vision/detection.hpp"

namespace inferqueue::vision {

/// Class ids are below this where a model doesn't say how many classes it has.
inline constexpr std::size_t kMostClasses = 100'000;

struct DecodeOptions {
  float conf = 0.25F;  ///< Only candidates with a higher score are read.
};

/// One output tensor, row by row: f32, or bf16 for a head that reads it. Thread rules: a view of somebody else's
/// memory.
using Output = std::variant<std::span<const float>, std::span<const hwy::bfloat16_t>>;
/// Those that belong to one picture. Thread rules: likewise.
using Outputs = std::span<const Output>;

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

  /// The number of classes, if the output or the model tells it; class ids are below it, or else below kMostClasses.
  virtual std::optional<std::size_t> classes() const = 0;

  /// Whether the network itself has dropped the boxes that overlap a better one, so that nobody else is to do it.
  virtual bool suppresses() const { return false; }

  /// Appends the candidates above the confidence threshold, in network pixels and in the order of the output, before
  /// any suppression. `output` is one picture's output tensor, row by row. Values that aren't finite and negative
  /// sizes never reach a candidate. Throws std::invalid_argument if the output's length doesn't fit the layout.
  /// Allocates nothing but what `out` needs to grow.
  virtual void decode(std::span<const float> output, const DecodeOptions& options,
                      std::vector<Candidate>& out) const = 0;

  /// How many output tensors it reads.
  virtual std::size_t outputs() const { return 1; }
  /// Whether it reads bf16 as well as f32, so that nobody has to convert what is hardly looked at.
  virtual bool reads_bf16() const { return false; }
  /// The same as decode() for a head that may read several. Throws std::invalid_argument too if there are more or
  /// fewer, or if they are of a type that it doesn't read.
  virtual void decode_all(Outputs outputs, const DecodeOptions& options, std::vector<Candidate>& out) const {
    const auto* const values = outputs.size() == 1 ? std::get_if<std::span<const float>>(outputs.data()) : nullptr;
    if (values == nullptr) throw std::invalid_argument("this head reads one output of f32");
    decode(*values, options, out);
  }
};

/// A dimension of a shape that is known only when the network has run.
inline constexpr std::size_t kDynamic = std::numeric_limits<std::size_t>::max();

/// What is known of an output before the network has run. Thread rules: a plain value.
struct OutputFacts {
  std::span<const std::size_t> shape;                 ///< dimensions, kDynamic for those that aren't fixed
  Size network = {};                                  ///< of the input
  std::optional<std::size_t> classes = std::nullopt;  ///< as many as the model has names for, if it has any
  /// Whether the model says that the suppression of overlapping boxes is part of it.
  std::optional<bool> end_to_end = std::nullopt;
};

/// How well an output fits a layout, the worst first.
enum class Fit {
  none,      ///< it can't be of this layout
  possible,  ///< it can be, if somebody says so
  likely,    ///< its proportions are right
  exact,     ///< its numbers are those of the layout for this input
  stated,    ///< so are they, and the model says the same
};

/// A layout that can be recognized. Thread rules: immutable; the functions are pure.
struct Layout {
  std::string_view option;  ///< what people call it, as "yolov8"
  std::string_view name;    ///< of whom it is, as "YOLOv8"
  std::string_view shape;   ///< as "[1,4+classes,N]"
  Fit (*fit)(const OutputFacts& facts) = nullptr;
  /// The head for an output that fits, however well.
  std::unique_ptr<const Head> (*make)(const OutputFacts& facts) = nullptr;
};

/// What an output was recognized as: a head, or else the reason why there is none, as a sentence for people.
struct Recognition {
  std::unique_ptr<const Head> head;
  Fit fit = Fit::none;
  std::string explanation;
};

}  // namespace inferqueue::vision
