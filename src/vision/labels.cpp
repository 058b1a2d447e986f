#include "vision/labels.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace inferqueue::vision {
namespace {

constexpr std::size_t kMaxClasses = 100'000;
constexpr std::string_view kBlanks = " \t\r\n\f\v";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// One code point; those that UTF-8 can't carry become U+FFFD.
void append_utf8(std::string& out, std::uint32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  const auto put_tail = [&put, code](int shift) { put(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | (code >> 6));
    put_tail(0);
  } else if (code < 0x10000) {
    put(0xE0U | (code >> 12));
    put_tail(6);
    put_tail(0);
  } else {
    put(0xF0U | (code >> 18));
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
}

std::optional<std::size_t> parse_number(std::string_view digits) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Reads the literals that names are written in. Each function skips blanks first, and takes nothing if it fails.
class LiteralReader {
 public:
  explicit LiteralReader(std::string_view text) : rest_(text) {}

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

  bool take(char wanted) {
    skip_blanks();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::size_t> number() {
    skip_blanks();
    const std::string_view digits = rest_.substr(0, rest_.find_first_not_of("0123456789"));
    const auto value = parse_number(digits);
    if (value) rest_.remove_prefix(digits.size());
    return value;
  }

  std::optional<std::string> quoted() {
    skip_blanks();
    if (!rest_.starts_with('\'') && !rest_.starts_with('"')) return std::nullopt;
    const char quote = rest_.front();
    std::string value;
    for (std::size_t i = 1; i < rest_.size();) {
      if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        return value;
      }
      if (rest_[i] == '\\') {
        i += escape(rest_.substr(i), value);
      } else {
        value.push_back(rest_[i++]);
      }
    }
    return std::nullopt;
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(kBlanks))); }

  // The number of hexadecimal digits of an escape that gives a code point, 0 for other letters.
  static std::size_t code_digits(char letter) {
    switch (letter) {
      case 'x':
        return 2;
      case 'u':
        return 4;
      case 'U':
        return 8;
      default:
        return 0;
    }
  }

  // Appends what the escape at the beginning of the text means, and returns its length. As in Python, one that isn't
  // known stands for itself.
  static std::size_t escape(std::string_view text, std::string& out) {
    constexpr std::string_view kLetters = "\\'\"/nrtbf";
    constexpr std::string_view kMeanings = "\\'\"/\n\r\t\b\f";
    const char letter = text.size() > 1 ? text[1] : '\0';
    if (const auto known = kLetters.find(letter); known != std::string_view::npos) {
      out.push_back(kMeanings[known]);
      return 2;
    }
    const std::size_t digits = code_digits(letter);
    std::uint32_t code = 0;
    if (digits != 0 && text.size() >= 2 + digits) {
      const char* const end = text.data() + 2 + digits;
      const auto parsed = std::from_chars(text.data() + 2, end, code, 16);
      if (parsed.ec == std::errc{} && parsed.ptr == end) {
        append_utf8(out, code);
        return 2 + digits;
      }
    }
    out.push_back('\\');
    return 1;
  }

  std::string_view rest_;
};

// An entry of a dict, 0: 'person'. The key may be quoted.
bool read_entry(LiteralReader& reader, std::vector<std::string>& names) {
  auto key = reader.number();
  if (!key) {
    const auto text = reader.quoted();
    if (text) key = parse_number(*text);
  }
  if (!key || *key >= kMaxClasses || !reader.take(':')) return false;
  auto name = reader.quoted();
  if (!name) return false;
  if (*key >= names.size()) names.resize(*key + 1);
  names[*key] = std::move(*name);
  return true;
}

bool read_item(LiteralReader& reader, std::vector<std::string>& names) {
  auto name = reader.quoted();
  if (!name || names.size() >= kMaxClasses) return false;
  names.push_back(std::move(*name));
  return true;
}

}  // namespace

std::vector<std::string> coco_names() {
  return {kCocoNames.begin(), kCocoNames.end()};
}

std::vector<std::string> load_labels(const std::filesystem::path& path) {
  const auto fail = [&path](std::string_view what) {
    return std::runtime_error(fmt::format("{}: {}; name a text file with one class name a line", path.string(), what));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) throw fail("this is a directory");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw fail("the labels can't be opened");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) throw fail("the labels can't be read");
  if (text.find('\0') != std::string::npos) throw fail("this isn't a text file");

  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  std::vector<std::string> names;
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.size(), rest.find('\n'));
    names.emplace_back(trimmed(rest.substr(0, length)));
    rest.remove_prefix(std::min(rest.size(), length + 1));
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  if (names.empty()) throw fail("there are no class names in it");
  return names;
}

std::optional<std::vector<std::string>> parse_names_metadata(std::string_view text) {
  LiteralReader reader(text);
  const bool dict = reader.take('{');
  if (!dict && !reader.take('[')) return std::nullopt;
  const char close = dict ? '}' : ']';
  std::vector<std::string> names;
  while (!reader.take(close)) {
    if (!(dict ? read_entry(reader, names) : read_item(reader, names))) return std::nullopt;
    if (reader.take(',')) continue;
    if (!reader.take(close)) return std::nullopt;
    break;
  }
  if (names.empty() || !reader.at_end()) return std::nullopt;
  return names;
}

std::string class_name(std::span<const std::string> names, int class_id) {
  const auto index = static_cast<std::size_t>(class_id);
  if (class_id >= 0 && index < names.size() && !names[index].empty()) return names[index];
  return fmt::format("class {}", class_id);
}

}  // namespace inferqueue::vision
