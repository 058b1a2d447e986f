// Devices and hints as people type them. Seed: what was typed, then the available devices, a line each.
#include <algorithm>
#include <string>
#include <vector>

#include "base/user_error.hpp"
#include "devices/names.hpp"
#include "fuzz/fuzz.hpp"

namespace inferqueue::fuzz {
namespace {

void check_hint(const std::string& typed) {
  try {
    const std::string hint = devices::performance_hint(typed);
    require(devices::performance_hint(hint) == hint, "the runtime's name is one that people may type");
  } catch (const base::UserError& error) {
    require(std::string(error.what()).find(typed) != std::string::npos, "an error names what was typed");
  }
}

}  // namespace

void run(Input input) {
  const std::string typed = input.argument();
  std::vector<std::string> available;
  while (!input.empty()) available.emplace_back(input.line());
  check_hint(typed);
  for (const std::string& device : devices::device_members(typed))
    require(!device.empty() || typed.empty(), "a member has a name");
  const std::vector<std::string> members = devices::device_members(typed, available);
  const auto is_there = [&](const std::string& member) {
    return std::ranges::any_of(available, [&](const auto& device) { return devices::names_device(member, device); });
  };
  try {
    devices::check_device(typed, available);
    require(!members.empty() && std::ranges::all_of(members, is_there), "all devices of a name that passes are there");
    require(devices::is_composite(typed) || is_there(typed), "a name that passes is that of a device");
  } catch (const base::UserError& error) {
    require(std::string(error.what()).find(typed) != std::string::npos, "an error names what was typed");
    require(typed.empty() || typed.find(':') != std::string::npos || !is_there(typed), "a device that is there passes");
  }
}

}  // namespace inferqueue::fuzz
