#include "cli/val_data.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/user_error.hpp"
#include "pipeline/files.hpp"
#include "pipeline/sources.hpp"

namespace inferqueue::cli {
namespace fs = std::filesystem;
using base::UserError;

namespace {

constexpr std::string_view layout =
    "give a folder that holds images/ and labels/, or a folder of pictures such as coco/images/val";

struct Folders {
  fs::path images;
  fs::path labels;
};

Folders folders_of(const fs::path& folder) {
  if (!fs::exists(folder)) throw UserError(fmt::format("--data {}: no such folder; {}", folder.string(), layout));
  if (!fs::is_directory(folder)) throw UserError(fmt::format("--data {}: is a file; {}", folder.string(), layout));
  if (fs::is_directory(folder / "images")) return {folder / "images", folder / "labels"};
  const fs::path path = (folder / "").lexically_normal().parent_path();
  std::vector<fs::path> parts(path.begin(), path.end());
  const auto last = std::ranges::find(parts.rbegin(), parts.rend(), fs::path("images"));
  if (last == parts.rend()) throw UserError(fmt::format("--data {}: holds no images/; {}", folder.string(), layout));
  *last = "labels";
  fs::path labels;
  for (const fs::path& part : parts) labels /= part;
  return {folder, labels};
}

/// COCO and many others have a folder for each of their parts, and people forget to name it.
std::string part_of(const fs::path& images) {
  std::vector<fs::path> parts;
  for (const fs::directory_entry& entry : fs::directory_iterator(images))
    if (entry.is_directory()) parts.push_back(entry.path());
  return parts.empty() ? "" : fmt::format("; is it --data {}?", std::ranges::min(parts).string());
}

std::vector<std::string> files_without_picture(const ValData& data) {
  std::set<fs::path> stems;
  for (const fs::path& picture : data.pictures) stems.insert(picture.stem());
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(data.labels_folder)) {
    const fs::path& path = entry.path();
    const bool names_of_classes = path.filename() == "classes.txt";  // which some tools put there
    if (path.extension() == ".txt" && !names_of_classes && !stems.contains(path.stem()))
      names.push_back(path.filename().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

std::size_t ValData::objects() const {
  std::size_t count = 0;
  for (const auto& of_picture : labels) count += of_picture.size();
  return count;
}

fs::path ValData::label_file(const fs::path& picture) const {
  return labels_folder / picture.stem().concat(".txt");
}

ValData find_val_data(const fs::path& folder) {
  const Folders folders = folders_of(folder);
  const std::array<std::string, 1> sources{folders.images.string()};
  pipeline::Sources found = pipeline::expand_sources(sources);
  if (!found.problems.empty()) throw UserError(found.problems.front() + part_of(folders.images));
  if (!fs::is_directory(folders.labels))
    throw UserError(
        fmt::format("{}: there is no such folder; it should hold the labels of {}, a file NAME.txt for "
                    "each picture",
                    folders.labels.string(), folders.images.string()));
  ValData data;
  data.labels_folder = folders.labels;
  data.pictures = std::move(found.pictures);
  data.notes = std::move(found.notes);
  return data;
}

void read_labels(ValData& data, std::size_t classes, std::span<const int> only) {
  std::vector<unsigned char> bytes;
  std::vector<std::string> missing;
  std::size_t repeated = 0;
  data.labels.clear();
  for (const fs::path& picture : data.pictures) {
    std::vector<accuracy::Label>& labels = data.labels.emplace_back();
    const fs::path path = data.label_file(picture);
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
      missing.push_back(picture.filename().string());
      continue;
    }
    pipeline::read_file(path, bytes);
    accuracy::LabelFile file =
        accuracy::parse_labels({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, classes);
    for (const std::string& problem : file.problems)
      data.problems.push_back(fmt::format("{}:{}", path.string(), problem));
    repeated += file.repeated;
    labels = std::move(file.labels);
    if (!only.empty())
      std::erase_if(labels,
                    [&](const accuracy::Label& label) { return std::ranges::count(only, label.class_id) == 0; });
  }
  data.without_file = missing.size();
  if (missing.size() == data.pictures.size())
    throw UserError(fmt::format("{}: there is no label file for any of the {} pictures ({} for {}, and so on)",
                                data.labels_folder.string(), data.pictures.size(),
                                data.pictures.front().stem().concat(".txt").string(), missing.front()));
  if (!missing.empty())
    data.notes.push_back(fmt::format("{} of {} pictures have no label file: taken as pictures of nothing: {}",
                                     missing.size(), data.pictures.size(), base::few_of(missing)));
  if (const auto names = files_without_picture(data); !names.empty())
    data.notes.push_back(fmt::format("{}: {} label file{} without a picture: {}", data.labels_folder.string(),
                                     names.size(), names.size() == 1 ? "" : "s", base::few_of(names)));
  if (repeated > 0)
    data.notes.push_back(
        fmt::format("{} label{} there twice: counted once", repeated, repeated == 1 ? " is" : "s are"));
}

}  // namespace inferqueue::cli
