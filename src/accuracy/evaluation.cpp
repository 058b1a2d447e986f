#include "accuracy/evaluation.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "accuracy/best_first.hpp"

namespace inferqueue::accuracy {
namespace {

std::optional<double> share(std::size_t part, std::size_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Of those that are there.
template <class Range, class Projection>
std::optional<double> mean(const Range& range, Projection projection) {
  double sum = 0;
  std::size_t count = 0;
  for (const auto& item : range) {
    if (const std::optional<double> value = projection(item)) {
      sum += *value;
      ++count;
    }
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

}  // namespace

std::optional<double> Figures::precision() const {
  return share(right, found);
}

std::optional<double> Figures::recall() const {
  return share(right, objects);
}

std::optional<double> Figures::ap50_95() const {
  return mean(ap, [](const std::optional<double>& value) { return value; });
}

Evaluation::Evaluation(std::size_t classes, float confidence) : classes_(classes), confidence_(confidence) {}

void Evaluation::add(std::span<const vision::Detection> detections, std::span<const Truth> truth) {
  const auto known = [&](int class_id) {
    return class_id >= 0 && static_cast<std::size_t>(class_id) < classes_.size();
  };
  for (const vision::Detection& detection : detections)
    if (!known(detection.class_id) || std::isnan(detection.score))
      throw std::invalid_argument("accuracy: a detection's class is unknown, or its score is NaN");
  for (const Truth& object : truth)
    if (!known(object.class_id)) throw std::invalid_argument("accuracy: an object's class is unknown");

  std::vector<Judged> judged(detections.size());
  for (std::size_t i = 0; i < threshold_count; ++i) {
    const auto found = match(detections, truth, iou_threshold(i));
    for (std::size_t d = 0; d < detections.size(); ++d) judged[d].right[i] = found[d].has_value();
  }
  ++pictures_;
  for (std::size_t d = 0; d < detections.size(); ++d) {
    judged[d].score = detections[d].score;
    classes_[static_cast<std::size_t>(detections[d].class_id)].judged.push_back(judged[d]);
  }
  for (std::size_t t = 0; t < truth.size(); ++t) {
    PerClass& one = classes_[static_cast<std::size_t>(truth[t].class_id)];
    ++one.objects;
    if (std::ranges::find(truth.first(t), truth[t].class_id, &Truth::class_id) == truth.first(t).end()) ++one.pictures;
  }
}

Figures Evaluation::figures_of(const PerClass& one) const {
  Figures figures{.pictures = one.pictures, .objects = one.objects};
  std::vector<Judged> sorted;
  sorted.reserve(one.judged.size());
  for (const std::size_t i : best_first(std::span(one.judged), &Judged::score)) sorted.push_back(one.judged[i]);
  for (const Judged& judged : sorted) {
    if (!(judged.score > confidence_)) break;
    ++figures.found;
    if (judged.right[0]) ++figures.right;
  }
  for (std::size_t i = 0; i < threshold_count; ++i) figures.ap[i] = average_precision(sorted, i, one.objects);
  return figures;
}

Evaluation::Result Evaluation::result() const {
  Result result;
  result.all.pictures = pictures_;
  for (const PerClass& one : classes_) {
    const Figures& figures = result.classes.emplace_back(figures_of(one));
    result.all.objects += figures.objects;
    result.all.found += figures.found;
    result.all.right += figures.right;
  }
  for (std::size_t i = 0; i < threshold_count; ++i)
    result.all.ap[i] = mean(result.classes, [i](const Figures& figures) { return figures.ap[i]; });
  return result;
}

}  // namespace inferqueue::accuracy
