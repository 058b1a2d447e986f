#include "measure/mode.hpp"

namespace inferqueue::measure {

const char* to_string(Mode mode) noexcept {
  switch (mode) {
    case Mode::sync:
      return "sync";
    case Mode::two_requests:
      return "two_requests";
    case Mode::queue:
      return "queue";
    case Mode::inference:
      return "inference";
  }
  return "unknown";
}

}  // namespace inferqueue::measure
