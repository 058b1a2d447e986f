#include "vision/heads/end_to_end.hpp"

#include <cmath>
#include <stdexcept>

#include "vision/heads/row.hpp"

namespace inferqueue::vision {
namespace {

constexpr std::size_t kRow = 6;
constexpr std::size_t kScore = 4;
constexpr std::size_t kClass = 5;
constexpr std::size_t kUsualRows = 300;  // of exporters that aren't told otherwise

Fit fit(const OutputFacts& facts) {
  const auto shape = facts.shape;
  if (shape.size() != 3 || (shape[0] != 1 && shape[0] != kDynamic) || shape[1] == 0 || shape[2] != kRow)
    return Fit::none;
  if (facts.end_to_end) return *facts.end_to_end ? Fit::stated : Fit::possible;
  return shape[1] == kUsualRows ? Fit::exact : Fit::likely;
}

std::unique_ptr<const Head> make(const OutputFacts& facts) {
  return std::make_unique<EndToEndHead>(facts.classes);
}

}  // namespace

const Layout kEndToEndLayout{.option = "end2end", .name = "end-to-end", .shape = "[1,N,6]", .fit = fit, .make = make};

EndToEndHead::EndToEndHead(std::optional<std::size_t> classes) : classes_(classes) {
  if (classes == 0) throw std::invalid_argument("end-to-end: a detector has at least one class");
}

void EndToEndHead::decode(std::span<const float> output, const DecodeOptions& options,
                          std::vector<Candidate>& out) const {
  if (output.size() % kRow != 0) throw std::invalid_argument("end-to-end: the output's length isn't a multiple of 6");
  const auto classes = static_cast<float>(classes_.value_or(kMostClasses));
  for (std::size_t start = 0; start < output.size(); start += kRow) {
    const float* const row = output.data() + start;
    const float score = row[kScore];
    const float class_id = std::round(row[kClass]);
    const Box box{row[0], row[1], row[2], row[3]};
    if (!(score > options.conf) || !std::isfinite(score) || !is_box(box)) continue;
    if (!(class_id >= 0 && class_id < classes)) continue;  // also NaN, which would be undefined as an int
    out.push_back({box, score, static_cast<int>(class_id)});
  }
}

}  // namespace inferqueue::vision
