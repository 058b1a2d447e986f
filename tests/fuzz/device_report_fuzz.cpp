// A report that `devices --json` has written, read by `devices --from`. Seed: the file.
#include <algorithm>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/user_error.hpp"
#include "devices/recorded_runtime.hpp"
#include "devices/report.hpp"
#include "devices/survey.hpp"
#include "fuzz/fuzz.hpp"

namespace inferqueue::fuzz {
namespace {

/// The survey of a report; nothing if it is none.
std::optional<devices::Survey> survey_of(std::string_view text, bool all_properties) {
  std::optional<devices::RecordedRuntime> runtime;
  try {
    runtime.emplace(text, "report.json");
  } catch (const base::UserError& error) {
    require(std::string_view(error.what()).starts_with("report.json: "), "an error names the file");
    return std::nullopt;
  }
  return devices::take_survey(*runtime, {.devices = {}, .hints = {}, .all_properties = all_properties}, {},
                              std::stop_token());
}

void check(std::string_view text, bool all_properties) {
  const std::optional<devices::Survey> survey = survey_of(text, all_properties);
  if (!survey) return;
  const std::string table = devices::to_text(*survey);
  for (Input lines(table); !lines.empty();) {
    const std::string line(lines.line());
    require(std::ranges::none_of(line, [](unsigned char c) { return c < 0x20 || c == 0x7F; }), "no control characters");
    require(devices::in_one_line(line) == line, "nothing in a table steers the terminal");
  }
  const devices::Value json = devices::to_json(*survey);
  const std::optional<devices::Survey> again = survey_of(json.dump(), all_properties);
  require(again.has_value(), "what is written can be read");
  require(devices::to_json(*again) == json, "what was read, written and read again is the same");
}

}  // namespace

void run(Input input) {
  check(input.rest(), false);
  check(input.rest(), true);
}

}  // namespace inferqueue::fuzz
