#include "devices/brief.hpp"

#include <sstream>

namespace inferqueue::devices {
namespace {

/// "Check 'condition' failed at file:line:" and the like are followed by the message, if there is one.
bool is_preamble(const std::string& line) {
  return line.starts_with("Check '") || line.starts_with("While validating node ") ||
         (line.starts_with("Node ") && line.find(" of type ") != std::string::npos);
}

}  // namespace

std::string brief(const std::exception& error) {
  std::istringstream lines(error.what());
  std::string best;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line.find_first_not_of(" \t\r;") == std::string::npos) continue;
    if (line.starts_with("Exception from ")) continue;
    if (is_preamble(line)) {
      if (best.empty()) best = line.substr(first);
      continue;
    }
    best = line.substr(first);
    break;
  }
  return best.empty() ? "the runtime gives no reason" : best;
}

}  // namespace inferqueue::devices
