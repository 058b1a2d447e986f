#include "devices/names.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/user_error.hpp"

namespace inferqueue::devices {
namespace {

constexpr std::array<std::string_view, 4> composites{"AUTO", "MULTI", "HETERO", "BATCH"};

bool exists(const std::string& member, std::span<const std::string> available) {
  return std::ranges::any_of(available, [&](const std::string& device) { return names_device(member, device); });
}

struct Members {
  std::vector<std::string> wanted;
  std::vector<std::string> excluded;
};

Members parse_members(const std::string& device) {
  Members members;
  const std::size_t colon = device.find(':');
  if (colon == std::string::npos) {
    if (!is_composite(device)) members.wanted.push_back(device);
    return members;
  }
  std::istringstream rest(device.substr(colon + 1));
  for (std::string member; std::getline(rest, member, ',');) {
    member = member.substr(0, member.find('('));
    if (member.starts_with('-')) {
      members.excluded.push_back(member.substr(1));
    } else if (!member.empty()) {
      members.wanted.push_back(member);
    }
  }
  return members;
}

}  // namespace

bool names_device(const std::string& typed, const std::string& device) {
  return device == typed || device.starts_with(typed + ".") || typed == device + ".0";
}

std::vector<std::string> device_members(const std::string& device) {
  return parse_members(device).wanted;
}

std::vector<std::string> device_members(const std::string& device, std::span<const std::string> available) {
  Members members = parse_members(device);
  if (!members.wanted.empty()) return std::move(members.wanted);
  std::vector<std::string> left;
  for (const std::string& candidate : available)
    if (std::ranges::none_of(members.excluded,
                             [&](const std::string& typed) { return names_device(typed, candidate); }))
      left.push_back(candidate);
  return left;
}

bool is_composite(const std::string& device) {
  return std::ranges::find(composites, device.substr(0, device.find(':'))) != composites.end();
}

void check_device(const std::string& device, std::span<const std::string> available) {
  const std::string list = fmt::format("{}", fmt::join(available, ", "));
  const bool has_members = device.find(':') != std::string::npos;
  if (device.empty() || device.ends_with(':') || (has_members && !is_composite(device)))
    throw base::UserError(fmt::format("device '{}': there is no such device; those here: {}", device, list));
  const std::vector<std::string> members = device_members(device, available);
  if (members.empty())
    throw base::UserError(fmt::format("device '{}': leaves no device; those here: {}", device, list));
  for (const std::string& member : members)
    if (!exists(member, available))
      throw base::UserError(fmt::format("device '{}': there is no {} here; those here: {}", device,
                                        member == device ? "such device" : member, list));
}

std::string performance_hint(const std::string& hint) {
  const std::string upper = base::upper_case(hint);
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

}  // namespace inferqueue::devices
