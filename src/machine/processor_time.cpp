#include "machine/processor_time.hpp"

#include <charconv>
#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace inferqueue::machine {
namespace {

/// 12 for "cpu12"; nothing for "cpu", which is all of them, and for other names.
std::optional<std::size_t> processor_of(std::string_view name) {
  std::size_t number = 0;
  if (!name.starts_with("cpu")) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 3, name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

/// The ticks of a line without its name: user, nice, system, idle, iowait, irq, softirq, steal. What guests of this
/// machine use, which follows, is in user and nice already.
double busy_ticks(std::istream& words) {
  constexpr int columns = 8;
  double busy = 0;
  double ticks = 0;
  for (int column = 0; column < columns && words >> ticks; ++column)
    if (column != 3 && column != 4) busy += ticks;  // idle, and idle for want of a disk
  return busy;
}

}  // namespace

ProcessorClock::ProcessorClock(std::filesystem::path root) : root_(std::move(root)) {
  if (sched_getaffinity(0, sizeof usable_, &usable_) != 0) CPU_ZERO(&usable_);  // more processors than it can hold
}

std::optional<double> ProcessorClock::busy_s() const {
  double busy = 0;
  bool is_known = false;
  std::ifstream file(root_ / "proc/stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    if (!(words >> name)) continue;
    const auto processor = processor_of(name);
    if (!processor || *processor >= CPU_SETSIZE || !CPU_ISSET(*processor, &usable_)) continue;
    busy += busy_ticks(words);
    is_known = true;
  }
  if (!is_known) return std::nullopt;
  return busy / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace inferqueue::machine
