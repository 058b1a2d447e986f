// The folder that a run writes into: runs/detect/exp, exp2, exp3…
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace inferqueue::pipeline {

/// Thread rules: one thread at a time.
class RunFolder {
 public:
  /// Makes project/name; where that exists already, project/name2 and so on, unless `exist_ok`. Throws base::UserError
  /// if it can't be made or written.
  RunFolder(const std::filesystem::path& project, const std::string& name, bool exist_ok);

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Where the annotated copy of a picture goes. Two sources of the same name get different ones; a name too long for
  /// the disk with what is put behind it is cut.
  std::filesystem::path picture_path(const std::filesystem::path& source);
  /// Where the annotated video of a source goes: of this stem (see file_stem()), or one like it if there is another of
  /// that name. Ask for those of all videos before the pictures: the labels of a picture "film_7" and of frame 7 of
  /// "film" get different names then.
  std::filesystem::path video_path(const std::string& stem, const std::filesystem::path& source);
  /// Where the labels of a frame of that video go; makes the folder.
  std::filesystem::path frame_labels_path(const std::filesystem::path& video, std::size_t frame);
  /// Where the labels of the picture that picture_path() was asked for last go; makes the folder.
  std::filesystem::path labels_path();

 private:
  /// Makes it the current stem, and returns false if it is another picture's.
  bool take(const std::string& stem, const std::string& extension, const std::filesystem::path& source);
  std::filesystem::path make_path(const std::string& stem, const std::string& extension,
                                  const std::filesystem::path& source, std::size_t room);
  std::filesystem::path labels_folder() const;

  std::filesystem::path path_;
  std::size_t longest_name_ = 255;              // in bytes, as the disk has it
  std::set<std::string> taken_;                 // stems
  std::set<std::string> videos_;                // those of them that are videos
  std::map<std::string, std::size_t> numbers_;  // the last one tried for a stem that was taken
  std::string stem_;
};

}  // namespace inferqueue::pipeline
