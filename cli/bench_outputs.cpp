#include "cli/bench_outputs.hpp"

#include <string>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/user_error.hpp"
#include "cli/bench_config.hpp"
#include "cli/bench_json.hpp"
#include "page/page.hpp"
#include "pipeline/report.hpp"

namespace inferqueue::cli {
namespace fs = std::filesystem;
namespace {

using base::OptionError;

/// Where a file is or will be, whatever way it is named; links lead on.
fs::path place_of(const fs::path& file) {
  std::error_code ignored;
  const fs::path place = fs::weakly_canonical(fs::absolute(file, ignored), ignored);
  return place.empty() ? file.lexically_normal() : place;
}

/// Standard output takes one, and so does each file.
void check_are_apart(const std::vector<OutputOption>& outputs) {
  for (auto later = outputs.begin(); later != outputs.end(); ++later)
    for (auto earlier = outputs.begin(); earlier != later; ++earlier) {
      if (place_of(earlier->file) != place_of(later->file)) continue;
      if (later->file == "-")
        throw OptionError(fmt::format("{}, {}: only one can go to standard output", earlier->name, later->name));
      throw OptionError(fmt::format("{}, {}: both name {}; give each a file", earlier->name, later->name, later->file));
    }
}

}  // namespace

BenchOutputs::BenchOutputs(const BenchOptions& options)
    : options_(options.outputs()),
      json_(options.json.file),
      csv_(options.csv, "--csv"),
      trace_(options.trace, "--trace"),
      html_(options.html, "--html"),
      config_(options.dumped_config, "--dump-config") {
  check_are_apart(options_);
  for (const OutputOption& output : options_) take_standard_output_ = take_standard_output_ || output.file == "-";
  if (html_.wanted() && page::page_template().empty())
    throw OptionError(fmt::format("--html: {}", page::no_page_text()));
}

void BenchOutputs::check_are_not(const fs::path& input, std::string_view what) const {
  for (const OutputOption& output : options_) check_output_is_not(output, input, what);
}

void BenchOutputs::check_are_none_of(std::span<const fs::path> pictures) const {
  for (const OutputOption& output : options_) check_output_is_none_of(output, pictures);
}

void BenchOutputs::check_are_not_model(const fs::path& model) const {
  for (const OutputOption& output : options_) check_output_is_not_model(output, model);
}

void BenchOutputs::write(const BenchReport& report) {
  if (csv_.wanted()) csv_.write(to_csv(report));
  if (trace_.wanted()) trace_.write(pipeline::to_text(to_trace(report)));
  config_.write(pipeline::to_text(config_of(report.method.device, report.method.hints.front())));
  if (json_.wanted() || html_.wanted()) {
    const nlohmann::ordered_json json = to_json(report);
    if (json_.wanted()) json_.write(pipeline::to_text(json));
    if (html_.wanted()) html_.write(page::render_page(page::page_template(), json));
  }
  for (JsonOutput* output : {&json_, &csv_, &trace_, &html_, &config_}) output->finish();
}

}  // namespace inferqueue::cli
