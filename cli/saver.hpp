// What `inferqueue detect` leaves in its folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/output_options.hpp"
#include "cli/source_tally.hpp"
#include "pipeline/result.hpp"
#include "pipeline/run_folder.hpp"
#include "pipeline/video_writer.hpp"

namespace inferqueue::cli {

/// What is to be saved.
struct SaveOptions {
  RunFolderOptions folder{.project = "runs/detect"};
  bool nosave = false;
  bool save_video = false;
  bool save_txt = false;
  bool save_conf = false;

  /// Pictures unless --nosave; videos of files likewise; of live sources, which have no end, with --save-video only.
  bool saves(SourceEntry::Kind kind) const {
    const bool kept = !nosave && kind != SourceEntry::Kind::live;
    return kept || (save_video && kind != SourceEntry::Kind::pictures);
  }
};

/// Draws and writes annotated pictures and videos, and labels. What can't be written is said, and the rest goes on.
/// Thread rules: one thread at a time.
class Saver {
 public:
  using Say = std::function<void(const std::string&)>;

  /// Makes the run's folder, if there is anything to go into it. Throws base::UserError.
  Saver(const SaveOptions& options, std::span<const SourceEntry> sources, std::size_t stride,
        std::vector<std::string> labels, Say say);

  /// Draws into the result's picture. False if something could not be saved.
  bool save(pipeline::PictureResult& result);
  /// Nothing more comes of this source: completes its video.
  bool finish(std::size_t source);
  /// The folder, and what is in it: "annotated pictures: runs/detect/exp". Nothing where there is none.
  std::string text() const;
  const std::vector<std::string>& labels() const noexcept { return labels_; }

 private:
  /// A source's annotated video: begun with its first frame.
  struct Video {
    std::filesystem::path path;  // empty where there are neither a video nor labels
    std::unique_ptr<pipeline::VideoWriter> writer;
    double fps = 0;
    std::size_t due = 0;  // of a live source: how many frames there should be by its time
    bool failed = false;
  };

  bool save_picture(pipeline::PictureResult& result);
  bool save_frame(pipeline::PictureResult& result);
  void add_frame(Video& video, const pipeline::PictureResult& result) const;
  template <class Write>
  bool done(const std::string& name, Write write);

  const SaveOptions& options_;
  std::span<const SourceEntry> sources_;
  std::size_t stride_;
  std::vector<std::string> labels_;
  Say say_;
  std::optional<pipeline::RunFolder> folder_;
  std::vector<Video> videos_;  // for each source
};

}  // namespace inferqueue::cli
