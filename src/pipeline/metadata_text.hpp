// The metadata that exporters write, as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inferqueue::pipeline {

/// What a model says of itself, in the words of Ultralytics' exporters. Thread rules: a plain value.
struct Metadata {
  std::string task;                ///< "detect", "segment" …; empty if the model doesn't say
  std::string head;                ///< the class of its last layer, as "Detect"; empty if the model doesn't say
  std::vector<std::string> names;  ///< of the classes, empty for those without; may be empty
  std::optional<bool> end2end;     ///< whether the network ends with a selection of its own
  std::optional<bool> nms;         ///< whether suppression was put behind it at the export

  /// Takes one entry, the value as Python prints it: a key of the above, or "args", a dict with the key nms. Entries
  /// of other keys and values that can't be understood are passed over.
  void take(std::string_view key, const std::string& value);
  /// Takes what is missing here from another.
  void complete(const Metadata& other);
  /// Whether the suppression of overlapping boxes is part of the network; nothing if that isn't said.
  std::optional<bool> end_to_end() const;
};

/// What a metadata.yaml of Ultralytics says, which is YAML as PyYAML writes it: keys at the beginning of a line, the
/// entries of names and args on the lines below. A long value may go on in lines that are further indented. All else is
/// passed over. Thread rules: a pure function.
Metadata parse_metadata_yaml(std::string_view text);

}  // namespace inferqueue::pipeline
