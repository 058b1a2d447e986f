#include "pipeline/picture_source.hpp"

#include <exception>

#include "pipeline/error_text.hpp"

namespace inferqueue::pipeline {

Step PictureSource::next(PictureResult& result, const std::stop_token& stop) {
  if (stop.stop_requested() || next_ == pictures_.size()) return {.kind = Step::Kind::end};
  result.source = pictures_[next_++];
  try {
    result.picture = reader_.read(result.source);
    result.warning = reader_.warning();
  } catch (...) {
    result.picture.release();
    result.error = error_text(std::current_exception());
  }
  return {.kind = Step::Kind::frame};
}

}  // namespace inferqueue::pipeline
