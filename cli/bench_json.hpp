// A report for programs.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/bench_report.hpp"

namespace inferqueue::cli {

/// As docs/bench.md describes it.
nlohmann::ordered_json to_json(const BenchReport& report);

/// A line for each run: medians of the rounds, latencies in µs. The first line names the columns.
std::string to_csv(const BenchReport& report);

/// The last requests of each run in the trace event format of Chrome, which Perfetto reads too:
/// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. A process for each run, a thread
/// for each slot, and what happened to a request as spans.
nlohmann::ordered_json to_trace(const BenchReport& report);

}  // namespace inferqueue::cli
