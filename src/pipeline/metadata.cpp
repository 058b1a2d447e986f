#include "pipeline/metadata.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

#include "base/file_names.hpp"

namespace inferqueue::pipeline {
namespace {

namespace fs = std::filesystem;

/// An entry of a model's rt_info as text. An IR has all of them as text; a model from another reader may not.
std::string text_of(const ov::Model& graph, const char* section, const char* key) {
  if (!graph.has_rt_info({section, key})) return {};
  try {
    return graph.get_rt_info<std::string>(section, key);
  } catch (const std::exception&) {
    return {};
  }
}

/// The labels of "model_info": separated by blanks, for which Ultralytics put '_' into the names.
std::vector<std::string> labels_in(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::string> names{std::istream_iterator<std::string>(words), {}};
  for (std::string& name : names) std::ranges::replace(name, '_', ' ');
  return names;
}

/// Whether a metadata.yaml in this folder can only be that of this IR.
bool is_alone(const fs::path& ir) {
  std::error_code error;
  std::size_t models = 0;
  for (fs::directory_iterator entry(ir.parent_path().empty() ? "." : ir.parent_path(), error), end;
       !error && entry != end; entry.increment(error))
    if (base::lower_extension(entry->path()) == ".xml") ++models;
  return !error && models == 1;
}

Metadata beside(const fs::path& path) {
  constexpr std::streamsize most = 8 << 20;  // it is no file of metadata that is larger
  if (base::lower_extension(path) != ".xml" || !is_alone(path)) return {};
  std::error_code ignored;
  const fs::path yaml = fs::path(path).replace_filename("metadata.yaml");
  if (!fs::is_regular_file(yaml, ignored)) return {};
  std::ifstream file(yaml, std::ios::binary);
  std::string text(std::min<std::size_t>(fs::file_size(yaml, ignored), most), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return parse_metadata_yaml(text);
}

}  // namespace

Metadata read_metadata(const ov::Model& graph, const fs::path& path) {
  Metadata metadata;
  for (const char* key : {"task", "head", "names", "end2end", "args"})
    if (const std::string text = text_of(graph, "framework", key); !text.empty()) metadata.take(key, text);
  metadata.complete(beside(path));
  if (metadata.names.empty()) metadata.names = labels_in(text_of(graph, "model_info", "labels"));
  return metadata;
}

}  // namespace inferqueue::pipeline
