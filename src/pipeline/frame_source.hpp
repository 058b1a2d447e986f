// Where the pipeline's pictures come from: lists of files, videos, live sources.
#pragma once

#include <stop_token>
#include <string>

#include "pipeline/result.hpp"

namespace inferqueue::pipeline {

/// What a source has next. Thread rules: a plain value.
struct Step {
  enum class Kind {
    frame,  ///< a picture, or (with its error) one that can't be read
    note,   ///< `text` is to be told; the source goes on
    end,    ///< nothing more; `text` says why where that is a failure
  };
  Kind kind = Kind::frame;
  std::string text = {};  // NOLINT(readability-redundant-member-init): so that {.kind = …} doesn't warn
};

/// Thread rules: one thread calls next() and refresh(); another may destroy it when that one is through.
class FrameSource {
 public:
  FrameSource() = default;
  virtual ~FrameSource() = default;
  FrameSource(const FrameSource&) = delete;
  FrameSource& operator=(const FrameSource&) = delete;
  FrameSource(FrameSource&&) = delete;
  FrameSource& operator=(FrameSource&&) = delete;

  /// Waits for what comes next; after a request to stop, no longer: the end then. A frame is written into `result`,
  /// which is as begin_anew() leaves it: its picture's memory is used again where it fits. A source whose picture is a
  /// reduced copy says the size of the whole one in geometry.source.
  virtual Step next(PictureResult& result, const std::stop_token& stop) = 0;
  /// There is an infer request for this frame now. A live source exchanges it for a later one, if there is one.
  virtual void refresh(PictureResult& /*result*/) {}
  /// True if frames come whether they are wanted or not: few of them should be under way then.
  virtual bool is_live() const { return false; }
};

}  // namespace inferqueue::pipeline
