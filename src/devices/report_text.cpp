#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "devices/names.hpp"
#include "devices/report.hpp"

namespace inferqueue::devices {
namespace {

constexpr std::size_t widest_cell = 40;

/// Rows of cells under a heading; the first column left, the others right.
class Table {
 public:
  void add(std::vector<std::string> row) {
    for (std::string& cell : row) cell = in_one_line(cell);
    rows_.push_back(std::move(row));
  }

  void print(std::string& out) const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
      widths.resize(std::max(widths.size(), row.size()));
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows_) {
      fmt::format_to(std::back_inserter(out), "  {:<{}}", row.front(), widths.front());
      for (std::size_t i = 1; i < row.size(); ++i)
        fmt::format_to(std::back_inserter(out), "  {:>{}}", row[i], widths[i]);
      out += '\n';
    }
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// Of all hints' properties, each once, in the order of their first mention.
std::vector<std::string> names_in(const std::vector<HintReport>& hints) {
  std::vector<std::string> names;
  for (const HintReport& compiled : hints)
    for (const Property& property : compiled.properties)
      if (std::ranges::find(names, property.name) == names.end()) names.push_back(property.name);
  return names;
}

std::string access_of(const Property& property) {
  if (property.value.is_null()) return "";
  return property.is_mutable ? "mutable" : "read-only";
}

/// Under the first hint that has it.
std::string access_of(const std::vector<HintReport>& hints, const std::string& name) {
  for (const HintReport& compiled : hints) {
    const auto found = std::ranges::find(compiled.properties, name, &Property::name);
    if (found != compiled.properties.end() && !found->value.is_null()) return access_of(*found);
  }
  return "";
}

void print_hints(std::string& out, const DeviceReport& report, bool with_access) {
  Table table;
  std::vector<std::string> heading{"compiled for"};
  if (with_access) heading.emplace_back("");
  for (const HintReport& compiled : report.hints) heading.push_back(compiled.hint);
  table.add(std::move(heading));
  std::string too_long;  // would make the columns as wide as themselves
  for (const std::string& name : names_in(report.hints)) {
    std::vector<std::string> row{name};
    if (with_access) row.push_back(access_of(report.hints, name));
    for (const HintReport& compiled : report.hints) {
      std::string text = compiled.problem.empty() ? text_of(compiled.value(name)) : "failed";
      if (text.size() > widest_cell) {
        fmt::format_to(std::back_inserter(too_long), "  {}, {}: {}\n", in_one_line(name), in_one_line(compiled.hint),
                       text);
        text = "(below)";
      }
      row.push_back(std::move(text));
    }
    table.add(std::move(row));
  }
  table.print(out);
  out += too_long;
}

void print_device_properties(std::string& out, const DeviceReport& report, bool with_access) {
  const auto is_supported = [](const Property& property) { return !property.value.is_null(); };
  if (is_composite(report.device) && std::ranges::none_of(report.properties, is_supported)) {
    out += "  of the device: nothing; its members have properties\n";
    return;
  }
  std::size_t width = 0;
  for (const Property& property : report.properties) width = std::max(width, in_one_line(property.name).size());
  out += "  of the device\n";
  for (const Property& property : report.properties) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}  ", in_one_line(property.name), width);
    if (with_access) fmt::format_to(std::back_inserter(out), "{:<9}  ", access_of(property));
    fmt::format_to(std::back_inserter(out), "{}\n", text_of(property.value));
  }
}

bool runs_on_cpu(const DeviceReport& report) {
  const auto is_cpu = [](const std::string& member) { return member == "CPU"; };
  return std::ranges::any_of(device_members(report.device), is_cpu);
}

/// More threads than can run at once only get in each other's way.
void print_thread_note(std::string& out, const HintReport& compiled, const machine::CpuLimits& limits) {
  const Value threads = compiled.value("INFERENCE_NUM_THREADS");
  if (!threads.is_number_integer() || threads.get<long long>() <= limits.threads()) return;
  const std::string cpus =
      limits.cgroup.cpu_quota ? fmt::format("{:.4g}", *limits.cgroup.cpu_quota) : fmt::format("{}", limits.usable);
  fmt::format_to(std::back_inserter(out),
                 "  ! {} uses {} threads where the process may use {} CPUs: a program should set "
                 "INFERENCE_NUM_THREADS to {}\n",
                 in_one_line(compiled.hint), threads.get<long long>(), cpus, limits.threads());
}

void print_notes(std::string& out, const DeviceReport& report, const std::optional<machine::CpuLimits>& limits) {
  for (const HintReport& compiled : report.hints) {
    if (!compiled.problem.empty())
      fmt::format_to(std::back_inserter(out), "  ! {} can't be compiled: {}\n", in_one_line(compiled.hint),
                     in_one_line(compiled.problem));
    if (const std::string other = compiled.other_hint(); !other.empty())
      fmt::format_to(std::back_inserter(out), "  ! {} was asked for; it is compiled for {}\n",
                     in_one_line(compiled.hint), other);
    if (limits && runs_on_cpu(report)) print_thread_note(out, compiled, *limits);
  }
}

void print_limits(std::string& out, const machine::CpuLimits& limits) {
  fmt::format_to(std::back_inserter(out), "Processors: {} of {} may be used; ", limits.usable, limits.processors);
  if (!limits.cgroup.is_known) {
    out += "what the container allows is unknown, because cgroup v2 has no CPU controller here\n";
    return;
  }
  const std::string quota =
      limits.cgroup.cpu_quota ? fmt::format("a quota of {:.4g} CPUs", *limits.cgroup.cpu_quota) : "no CPU quota";
  const std::string cpuset = limits.cgroup.cpuset ? "cpuset " + in_one_line(*limits.cgroup.cpuset) : "no cpuset";
  fmt::format_to(std::back_inserter(out), "the container (cgroup v2) has {} and {}\n", quota, cpuset);
}

}  // namespace

std::string to_text(const Survey& survey) {
  std::string out = fmt::format("OpenVINO {}, model {}\n", text_of(survey.openvino_version), text_of(survey.model));
  if (survey.cpu_limits) print_limits(out, *survey.cpu_limits);
  for (const DeviceReport& report : survey.devices) {
    fmt::format_to(std::back_inserter(out), "\n{}{}{}\n", in_one_line(report.device),
                   report.full_name.empty() ? "" : ": ", report.full_name.empty() ? "" : text_of(report.full_name));
    print_hints(out, report, survey.all_properties);
    print_notes(out, report, survey.cpu_limits);
    if (!report.properties.empty()) {
      out += '\n';
      print_device_properties(out, report, survey.all_properties);
    }
  }
  return out;
}

}  // namespace inferqueue::devices
