#include "cli/val_report.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/output.hpp"
#include "pipeline/report.hpp"
#include "vision/labels.hpp"

namespace inferqueue::cli {
namespace {

using accuracy::Figures;
using Json = nlohmann::ordered_json;

/// A class that is neither there nor found tells nothing: COCO's 80 would hide the two that somebody looks for.
bool tells_something(const Figures& figures) {
  return figures.objects > 0 || figures.found > 0;
}

std::string text_of(std::optional<double> value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "–";
}

std::string row(std::string_view name, std::size_t width, const Figures& figures) {
  return fmt::format("  {:<{}} {:>8} {:>9} {:>7} {:>7} {:>8} {:>12}\n", name, width, figures.pictures, figures.objects,
                     text_of(figures.precision(), 3), text_of(figures.recall(), 3), text_of(figures.ap50(), 4),
                     text_of(figures.ap50_95(), 4));
}

Json json_of(std::optional<double> value) {
  return value ? Json(pipeline::rounded(*value, 6)) : Json(nullptr);
}

void append_figures(Json& json, const Figures& figures) {
  json["pictures"] = figures.pictures;
  json["instances"] = figures.objects;
  json["found"] = figures.found;
  json["right"] = figures.right;
  json["precision"] = json_of(figures.precision());
  json["recall"] = json_of(figures.recall());
  json["ap50"] = json_of(figures.ap50());
  json["ap50_95"] = json_of(figures.ap50_95());
  json["ap"] = Json::array();
  for (const std::optional<double>& value : figures.ap) json["ap"].push_back(json_of(value));
}

Json to_json(const BadPicture& picture, std::span<const std::string> labels) {
  Json missed = Json::array();
  for (const accuracy::Truth& object : picture.mistakes.missed)
    missed.push_back(
        {{"class_name", vision::class_name(labels, object.class_id)}, {"box", pipeline::to_json(object.box)}});
  Json confused = Json::array();
  for (const auto& [detection, object] : picture.mistakes.confused) {
    Json entry = pipeline::to_json(detection, labels);
    entry["true_class_name"] = vision::class_name(labels, object.class_id);
    confused.push_back(std::move(entry));
  }
  Json false_finds = Json::array();
  for (const vision::Detection& detection : picture.mistakes.false_finds)
    false_finds.push_back(pipeline::to_json(detection, labels));
  return {{"source", picture.source.string()},
          {"annotated", picture.annotated.string()},
          {"missed", std::move(missed)},
          {"confused", std::move(confused)},
          {"false", std::move(false_finds)}};
}

}  // namespace

std::string accuracy_text(const ValSubject& subject, const accuracy::Evaluation::Result& result) {
  std::string text =
      fmt::format("{} on {} in {}: {} picture{} of {}\n\n", printable(subject.model), subject.device, subject.precision,
                  result.all.pictures, result.all.pictures == 1 ? "" : "s", printable(subject.data));
  std::vector<std::pair<std::string, const Figures*>> rows;
  for (std::size_t i = 0; i < result.classes.size(); ++i)
    if (tells_something(result.classes[i]))
      rows.emplace_back(vision::class_name(subject.labels, static_cast<int>(i)), &result.classes[i]);
  std::size_t width = 5;
  for (const auto& [name, figures] : rows) width = std::max(width, name.size());
  text += fmt::format("  {:<{}} {:>8} {:>9} {:>7} {:>7} {:>8} {:>12}\n", "class", width, "pictures", "instances", "P",
                      "R", "AP@0.5", "AP@0.5:0.95");
  text += row("all", width, result.all);
  for (const auto& [name, figures] : rows) text += row(name, width, *figures);
  return text + fmt::format(
                    "\nP, R: precision and recall at confidence {:g} and IoU 0.5. AP: average precision of what was "
                    "found above "
                    "{:g};\nfor all, P and R are of all objects together, AP is the mean of the classes.\n",
                    subject.pr_conf, subject.postprocess.conf);
}

std::string summary(const accuracy::Mistakes& mistakes, std::span<const std::string> labels) {
  const auto name = [&](int class_id) { return vision::class_name(labels, class_id); };
  const auto append = [](std::string& list, const std::string& text) { list += (list.empty() ? "" : ", ") + text; };
  std::string missed;
  std::string confused;
  std::string false_finds;
  for (const accuracy::Truth& object : mistakes.missed) append(missed, name(object.class_id));
  for (const auto& [detection, object] : mistakes.confused)
    append(confused, fmt::format("{} for {}", name(detection.class_id), name(object.class_id)));
  for (const vision::Detection& detection : mistakes.false_finds) append(false_finds, name(detection.class_id));
  std::string text;
  if (!missed.empty()) append(text, fmt::format("{} missed ({})", mistakes.missed.size(), missed));
  if (!confused.empty()) append(text, fmt::format("{} confused ({})", mistakes.confused.size(), confused));
  if (!false_finds.empty()) append(text, fmt::format("{} false ({})", mistakes.false_finds.size(), false_finds));
  return fmt::format("{} mistake{}{}{}", mistakes.count(), mistakes.count() == 1 ? "" : "s", text.empty() ? "" : ": ",
                     text);
}

nlohmann::ordered_json to_json(const ValSubject& subject, const accuracy::Evaluation::Result& result,
                               std::span<const BadPicture> worst) {
  Json json = {{"schema_version", 1},
               {"model", subject.model},
               {"data", subject.data},
               {"device", subject.device},
               {"precision", subject.precision},
               {"conf", pipeline::rounded(subject.postprocess.conf, 6)},
               {"iou", pipeline::rounded(subject.postprocess.iou, 6)},
               {"max_det", subject.postprocess.max_det},
               {"pr_conf", pipeline::rounded(subject.pr_conf, 6)},
               {"pictures", subject.pictures},
               {"failed", subject.failed},
               {"without_label_file", subject.without_file},
               {"interrupted", subject.interrupted}};
  append_figures(json["all"], result.all);
  json["classes"] = Json::array();
  for (std::size_t i = 0; i < result.classes.size(); ++i) {
    if (!tells_something(result.classes[i])) continue;
    Json& entry = json["classes"].emplace_back();
    entry["class_id"] = i;
    entry["class_name"] = vision::class_name(subject.labels, static_cast<int>(i));
    append_figures(entry, result.classes[i]);
  }
  json["worst"] = Json::array();
  for (const BadPicture& picture : worst) json["worst"].push_back(to_json(picture, subject.labels));
  return json;
}

}  // namespace inferqueue::cli
