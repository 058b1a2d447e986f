#include "cli/bench_spelling.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/user_error.hpp"

namespace inferqueue::cli {
namespace {

struct Spelling {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array<Spelling, 20> known{{{"m", "--model"},
                                          {"d", "--device"},
                                          {"hint", "--hint"},
                                          {"api", "--api"},
                                          {"t", "--time"},
                                          {"niter", "--niter"},
                                          {"nireq", "--nireq"},
                                          {"nstreams", "--nstreams"},
                                          {"nthreads", "--nthreads"},
                                          {"b", "--batch"},
                                          {"shape", "--shape"},
                                          {"infer_precision", "--precision"},
                                          {"cdir", "--cache-dir"},
                                          {"load_config", "--load-config"},
                                          {"dump_config", "--dump-config"},
                                          {"report_type", "--report-type"},
                                          {"report_folder", "--report-folder"},
                                          {"json_stats", "--json-stats"},
                                          {"latency_percentile", "--latency-percentile"},
                                          {"pc", "--pc"}}};

/// What comes nearest to benchmark_app's others.
constexpr std::array<Spelling, 17> refused{{{"data_shape", "--shape"},
                                            {"layout", "--shape"},
                                            {"ip", "--precision"},
                                            {"op", "--precision"},
                                            {"iop", "--precision"},
                                            {"inference_only", "--modes inference"},
                                            {"no_warmup", "--rounds"},
                                            {"max_irate", "--rate"},
                                            {"pcsort", "--pc"},
                                            {"pcseq", "--pc"},
                                            {"exec_graph_path", "--pc"},
                                            {"pin", "--load-config"},
                                            {"extensions", "--model"},
                                            {"scale", "--input"},
                                            {"mean_values", "--input"},
                                            {"cache_dir", "--cache-dir"},
                                            {"progress", "--json"}}};

template <std::size_t N>
const Spelling* find(const std::array<Spelling, N>& spellings, std::string_view name) {
  const auto found = std::ranges::find(spellings, name, &Spelling::theirs);
  return found == spellings.end() ? nullptr : &*found;
}

std::string with_our_spelling(const std::string& argument) {
  const std::size_t dashes = argument.find_first_not_of('-');
  if (dashes == std::string::npos || dashes == 0 || dashes > 2) return argument;
  const std::size_t equals = std::min(argument.find('='), argument.size());
  const std::string_view name = std::string_view(argument).substr(dashes, equals - dashes);
  if (const Spelling* spelling = find(known, name)) return std::string(spelling->ours) + argument.substr(equals);
  if (const Spelling* spelling = find(refused, name))
    throw base::OptionError(fmt::format("{}: benchmark_app's, there is no such option here; the nearest is {}",
                                        argument.substr(0, equals), spelling->ours));
  return argument;
}

}  // namespace

std::vector<std::string> with_our_spelling(const std::vector<std::string>& arguments) {
  std::vector<std::string> ours;
  ours.reserve(arguments.size());
  for (const std::string& argument : arguments) ours.push_back(with_our_spelling(argument));
  return ours;
}

}  // namespace inferqueue::cli
