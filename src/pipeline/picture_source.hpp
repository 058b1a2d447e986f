// Picture files as a source.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "pipeline/frame_source.hpp"
#include "pipeline/picture.hpp"

namespace inferqueue::pipeline {

/// Reads one after another. One that can't be read is a frame with an error. Thread rules: as FrameSource.
class PictureSource final : public FrameSource {
 public:
  /// The list must outlive it.
  explicit PictureSource(std::span<const std::filesystem::path> pictures) : pictures_(pictures) {}

  Step next(PictureResult& result, const std::stop_token& stop) override;

 private:
  std::span<const std::filesystem::path> pictures_;
  std::size_t next_ = 0;
  PictureReader reader_;
};

}  // namespace inferqueue::pipeline
