// What a source gives, up to its end.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/frame_source.hpp"
#include "support/videos.hpp"

namespace inferqueue::pipeline {

struct Heard {
  std::vector<PictureResult> frames;  // without their pictures
  std::vector<std::size_t> numbers;   // as the pictures show them
  std::vector<std::string> notes;
  std::string end;
  std::set<const unsigned char*> memory;  // where the pictures were
};

/// Takes everything; `each` is called with every frame.
inline Heard hear(
    FrameSource& source, const std::stop_token& stop = {},
    const std::function<void(const PictureResult&)>& each = [](const PictureResult&) {}) {
  Heard heard;
  PictureResult result;
  for (;;) {
    Step step = source.next(result, stop);
    if (step.kind == Step::Kind::note) heard.notes.push_back(step.text);
    if (step.kind == Step::Kind::end) heard.end = step.text;
    if (step.kind == Step::Kind::end) return heard;
    if (step.kind != Step::Kind::frame) continue;
    each(result);
    heard.numbers.push_back(testing::number_in(result.picture));
    heard.memory.insert(result.picture.data);
    PictureResult kept;
    kept.source = result.source;
    kept.frame = result.frame;
    heard.frames.push_back(kept);
  }
}

/// from, from + step, … to.
inline std::vector<std::size_t> steps(std::size_t from, std::size_t to, std::size_t step = 1) {
  std::vector<std::size_t> numbers;
  for (std::size_t i = from; i <= to; i += step) numbers.push_back(i);
  return numbers;
}

}  // namespace inferqueue::pipeline
