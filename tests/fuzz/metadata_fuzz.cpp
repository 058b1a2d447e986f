// A model's metadata: a metadata.yaml of whatever bytes, and an entry. Seed: the entry's key and its value, a line
// each, and the file.
#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "pipeline/metadata_text.hpp"
#include "vision/heads/head.hpp"

namespace inferqueue::fuzz {
namespace {

using pipeline::Metadata;

/// Classes without a name count only before one with a name: the file has no way to write them.
std::vector<std::string> up_to_the_last(std::vector<std::string> names) {
  while (!names.empty() && names.back().empty()) names.pop_back();
  return names;
}

bool equal(const Metadata& a, const Metadata& b) {
  return a.task == b.task && a.head == b.head && up_to_the_last(a.names) == up_to_the_last(b.names) &&
         a.end2end == b.end2end && a.nms == b.nms;
}

/// As the file would be written.
std::string written(const Metadata& metadata) {
  const auto quoted = [](const std::string& text) {
    std::string value = "'";
    for (const char c : text) value += c == '\'' ? "''" : std::string(1, c);
    return value + "'";
  };
  const auto truth = [](bool value) { return value ? "true\n" : "false\n"; };
  std::string text;
  if (!metadata.task.empty()) text += "task: " + quoted(metadata.task) + "\n";
  if (!metadata.head.empty()) text += "head: " + quoted(metadata.head) + "\n";
  if (!metadata.names.empty()) text += "names:\n";
  for (std::size_t id = 0; id < metadata.names.size(); ++id)
    if (!metadata.names[id].empty()) text += "  " + std::to_string(id) + ": " + quoted(metadata.names[id]) + "\n";
  if (metadata.nms) text += std::string("args:\n  nms: ") + truth(*metadata.nms);
  if (metadata.end2end) text += std::string("end2end: ") + truth(*metadata.end2end);
  return text;
}

/// A line break can't be within the quotes: no value that was read from lines has one, but names as a Python literal
/// may.
bool has_line_break(const Metadata& metadata) {
  return std::ranges::any_of(metadata.names,
                             [](const std::string& name) { return name.find('\n') != std::string::npos; });
}

}  // namespace

void run(Input input) {
  const std::string key(input.line());
  const std::string value(input.line());
  const Metadata file = pipeline::parse_metadata_yaml(input.rest());
  require(file.names.size() <= vision::kMostClasses, "there are no more classes than there may be");
  if (!has_line_break(file))
    require(equal(pipeline::parse_metadata_yaml(written(file)), file), "what is written and read again is the same");

  Metadata entry;
  entry.take(key, value);
  Metadata both = entry;
  both.complete(file);
  require(both.task == (entry.task.empty() ? file.task : entry.task), "what comes first counts");
  require(both.names == (entry.names.empty() ? file.names : entry.names), "names aren't mixed");
  Metadata again = both;
  again.complete(file);
  require(equal(again, both), "completing twice changes nothing");
  if (both.end_to_end() == true) require(both.end2end == true || both.nms == true, "somebody said so");
  if (both.end_to_end() == false) require(both.end2end == false && both.nms == false, "both deny it");
}

}  // namespace inferqueue::fuzz
