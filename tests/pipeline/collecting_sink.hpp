// A sink that keeps what it hears.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/pipeline.hpp"

namespace inferqueue::pipeline {

class CollectingSink final : public FrameSink {
 public:
  struct Source {
    std::vector<std::size_t> indices;
    std::vector<std::string> notes;
    std::vector<std::string> ends;
  };
  explicit CollectingSink(std::size_t count) : sources(count) {}

  void take(PictureResult& result) override {
    sources.at(result.frame.source).indices.push_back(result.index);
    on_frame(result);
  }
  void note(std::size_t source, const std::string& text) override { sources.at(source).notes.push_back(text); }
  void end(std::size_t source, const std::string& failure) override {
    sources.at(source).ends.push_back(failure);
    on_end(source);
  }

  std::vector<Source> sources;
  std::function<void(PictureResult&)> on_frame = [](PictureResult&) {};
  std::function<void(std::size_t)> on_end = [](std::size_t) {};
};

}  // namespace inferqueue::pipeline
