#include "pipeline/device.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/user_error.hpp"

namespace inferqueue::pipeline {
namespace {

constexpr std::array<std::string_view, 4> composites{"AUTO", "MULTI", "HETERO", "BATCH"};

bool is_composite(const std::string& name) {
  return std::ranges::find(composites, name) != composites.end();
}

bool exists(const std::string& member, std::span<const std::string> available) {
  // "GPU" stands for the first of GPU.0, GPU.1…; "GPU.0" is listed as "GPU" where there is only one.
  return std::ranges::any_of(available, [&](const std::string& device) {
    return device == member || device.starts_with(member + ".") || member == device + ".0";
  });
}

/// "Check 'condition' failed at file:line:" and the like are followed by the message, if there is one.
bool is_preamble(const std::string& line) {
  return line.starts_with("Check '") || line.starts_with("While validating node ") ||
         (line.starts_with("Node ") && line.find(" of type ") != std::string::npos);
}

}  // namespace

std::vector<std::string> device_members(const std::string& device) {
  const std::size_t colon = device.find(':');
  const std::string head = device.substr(0, colon);
  if (colon == std::string::npos) return is_composite(head) ? std::vector<std::string>{} : std::vector{device};
  std::vector<std::string> members;
  std::istringstream rest(device.substr(colon + 1));
  for (std::string member; std::getline(rest, member, ',');) {
    member = member.substr(0, member.find('('));
    if (!member.empty() && member.front() != '-') members.push_back(member);
  }
  return members;
}

void check_device(const std::string& device, std::span<const std::string> available) {
  const std::string list = fmt::format("{}", fmt::join(available, ", "));
  const std::size_t colon = device.find(':');
  if (device.empty() || device.ends_with(':') || (colon != std::string::npos && !is_composite(device.substr(0, colon))))
    throw base::UserError(fmt::format("device '{}': there is no such device; those here: {}", device, list));
  for (const std::string& member : device_members(device))
    if (!exists(member, available))
      throw base::UserError(fmt::format("device '{}': there is no {} here; those here: {}", device,
                                        member == device ? "such device" : member, list));
}

std::string performance_hint(const std::string& hint) {
  std::string upper = hint;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known{
      {{"LATENCY", "LATENCY"},
       {"THROUGHPUT", "THROUGHPUT"},
       {"TPUT", "THROUGHPUT"},
       {"CUMULATIVE_THROUGHPUT", "CUMULATIVE_THROUGHPUT"},
       {"CTPUT", "CUMULATIVE_THROUGHPUT"}}};
  for (const auto& [name, value] : known)
    if (upper == name) return std::string(value);
  throw base::UserError(fmt::format("hint '{}': unknown; use latency, throughput or cumulative_throughput", hint));
}

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

}  // namespace inferqueue::pipeline
