#include "pipeline/metadata_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "vision/heads/head.hpp"
#include "vision/labels.hpp"

namespace inferqueue::pipeline {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<bool> truth(const std::string& text) {
  const std::string lower = base::lower_case(text);
  if (lower == "true") return true;
  if (lower == "false") return false;
  return std::nullopt;
}

/// The value of 'nms' in a Python dict.
std::optional<bool> nms_in(std::string_view args) {
  for (const std::string_view key : {"'nms':", "\"nms\":"}) {
    const auto at = args.find(key);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = args.substr(at + key.size());
    return truth(std::string(trimmed(rest.substr(0, rest.find_first_of(",}")))));
  }
  return std::nullopt;
}

/// A scalar of YAML without its quotes. Python's escapes are YAML's as far as PyYAML writes any.
std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') {
    std::string value;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
      value.push_back(text[i]);
      if (text.substr(i, 2) == "''") ++i;
    }
    return value;
  }
  if (text.starts_with('"')) {
    if (const auto values = vision::parse_names_metadata(fmt::format("[{}]", text))) return values->front();
  }
  return std::string(text);
}

/// Of "key: value" or "- value", which has no key.
struct Entry {
  std::string_view key;
  std::string_view value;
};

/// Nothing for a line of another kind.
std::optional<Entry> entry_of(std::string_view line) {
  if (line.starts_with("- ")) return Entry{{}, trimmed(line.substr(2))};
  const auto from = line.starts_with('\'') || line.starts_with('"') ? line.find(line.front(), 1) : 0;
  const auto colon = from == std::string_view::npos ? from : line.find(':', from);
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  if (colon + 1 < line.size() && line[colon + 1] != ' ') return std::nullopt;
  return Entry{line.substr(0, colon), trimmed(line.substr(colon + 1))};
}

class YamlReader {
 public:
  Metadata read(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      take_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    finish();
    return std::move(metadata_);
  }

 private:
  void take_line(std::string_view line) {
    const std::string_view content = trimmed(line);
    if (content.empty() || content.starts_with('#')) return;
    const auto entry = entry_of(content);
    if (!entry) {
      if (line.starts_with(' ') && !value_.empty()) (value_ += ' ') += content;
      return;
    }
    finish();
    const bool below = line.starts_with(' ') || entry->key.empty();
    if (!below) owner_ = unquoted(entry->key);
    key_ = below ? unquoted(entry->key) : "";
    below_ = below;
    value_ = entry->value;
  }

  /// Takes the entry whose last line has been seen.
  void finish() {
    const std::string value = unquoted(std::exchange(value_, {}));
    if (value.empty()) return;
    if (!below_) {
      metadata_.take(owner_, value);
    } else if (owner_ == "names") {
      take_name(value);
    } else if (owner_ == "args" && key_ == "nms") {
      metadata_.nms = truth(value);
    }
  }

  void take_name(const std::string& name) {
    std::size_t id = metadata_.names.size();  // of a list
    if (!key_.empty()) {
      const auto [end, error] = std::from_chars(key_.data(), key_.data() + key_.size(), id);
      if (error != std::errc{} || end != key_.data() + key_.size()) return;
    }
    if (id >= vision::kMostClasses) return;
    if (id >= metadata_.names.size()) metadata_.names.resize(id + 1);
    metadata_.names[id] = name;
  }

  Metadata metadata_;
  std::string owner_;   // the last key at the beginning of a line
  std::string key_;     // that of the entry below it
  std::string value_;   // as far as it has been seen, with its quotes
  bool below_ = false;  // whether the entry is below the owner
};

}  // namespace

void Metadata::take(std::string_view key, const std::string& value) {
  if (key == "task") {
    task = value;
  } else if (key == "head") {
    head = value;
  } else if (key == "names") {
    if (auto parsed = vision::parse_names_metadata(value)) names = *std::move(parsed);
  } else if (key == "end2end") {
    end2end = truth(value);
  } else if (key == "args") {
    nms = nms_in(value);
  }
}

void Metadata::complete(const Metadata& other) {
  if (task.empty()) task = other.task;
  if (head.empty()) head = other.head;
  if (names.empty()) names = other.names;
  if (!end2end) end2end = other.end2end;
  if (!nms) nms = other.nms;
}

std::optional<bool> Metadata::end_to_end() const {
  if (end2end == true || nms == true) return true;
  // One of them alone doesn't tell: there are exporters that write only the other.
  if (end2end == false && nms == false) return false;
  return std::nullopt;
}

Metadata parse_metadata_yaml(std::string_view text) {
  return YamlReader().read(text);
}

}  // namespace inferqueue::pipeline
