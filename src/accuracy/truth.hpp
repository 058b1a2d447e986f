// What is really in a picture.
#pragma once

#include "vision/detection.hpp"

namespace inferqueue::accuracy {

/// An object that is there to be found, in pixels of the picture. Thread rules: a plain value.
struct Truth {
  vision::Box box;
  int class_id = 0;  ///< 0 or more

  bool operator==(const Truth&) const = default;
};

}  // namespace inferqueue::accuracy
