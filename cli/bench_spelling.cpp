#include "cli/bench_spelling.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/user_error.hpp"

namespace inferqueue::cli {
namespace {

struct Spelling {
  std::string_view theirs;
  std::string_view ours;
};
// Of the program in C++, and what Python's has besides.
constexpr std::array<Spelling, 31> known{{{"m", "--model"},
                                          {"path_to_model", "--model"},
                                          {"d", "--device"},
                                          {"target_device", "--device"},
                                          {"hint", "--hint"},
                                          {"perf_hint", "--hint"},
                                          {"api", "--api"},
                                          {"api_type", "--api"},
                                          {"t", "--time"},
                                          {"niter", "--niter"},
                                          {"number_iterations", "--niter"},
                                          {"nireq", "--nireq"},
                                          {"number_infer_requests", "--nireq"},
                                          {"nstreams", "--nstreams"},
                                          {"number_streams", "--nstreams"},
                                          {"nthreads", "--nthreads"},
                                          {"number_threads", "--nthreads"},
                                          {"b", "--batch"},
                                          {"batch_size", "--batch"},
                                          {"shape", "--shape"},
                                          {"infer_precision", "--precision"},
                                          {"cdir", "--cache-dir"},
                                          {"cache_dir", "--cache-dir"},
                                          {"load_config", "--load-config"},
                                          {"dump_config", "--dump-config"},
                                          {"report_type", "--report-type"},
                                          {"report_folder", "--report-folder"},
                                          {"json_stats", "--json-stats"},
                                          {"latency_percentile", "--latency-percentile"},
                                          {"pc", "--pc"},
                                          {"perf_counts", "--pc"}}};

/// What comes nearest to benchmark_app's others.
constexpr std::array<Spelling, 30> refused{{{"i", "--input, or --source to detect in pictures"},
                                            {"paths_to_input", "--input, or --source to detect in pictures"},
                                            {"data_shape", "--shape"},
                                            {"layout", "--shape"},
                                            {"ip", "--precision"},
                                            {"input_precision", "--precision"},
                                            {"op", "--precision"},
                                            {"output_precision", "--precision"},
                                            {"iop", "--precision"},
                                            {"input_output_precision", "--precision"},
                                            {"inference_only", "--modes inference"},
                                            {"no_warmup", "--rounds"},
                                            {"max_irate", "--rate"},
                                            {"maximum_inference_rate", "--rate"},
                                            {"pcsort", "--pc"},
                                            {"perf_counts_sort", "--pc"},
                                            {"pcseq", "--pc"},
                                            {"exec_graph_path", "--pc"},
                                            {"pin", "--load-config"},
                                            {"infer_threads_pinning", "--load-config"},
                                            {"c", "--load-config"},
                                            {"path_to_cldnn_config", "--load-config"},
                                            {"extensions", "--model"},
                                            {"lfile", "--model"},
                                            {"load_from_file", "--model"},
                                            {"use_device_mem", "--device"},
                                            {"scale_values", "--input"},
                                            {"mean_values", "--input"},
                                            {"iscale", "--input"},
                                            {"imean", "--input"}}};

/// Those that may be followed by whether they are on.
constexpr std::array<std::string_view, 2> switches{"--json-stats", "--pc"};
constexpr std::array<std::string_view, 10> truths{"yes", "true", "t", "y", "1", "no", "false", "f", "n", "0"};

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
  // Every long option may have one dash here, so that "-hnt" is one that is misspelt, and not -h with a value.
  if (dashes == 1 && name.size() > 1 && std::isalpha(static_cast<unsigned char>(name.front())) != 0)
    throw base::OptionError(
        fmt::format("{}: there is no such option (see 'inferqueue bench --help')", argument.substr(0, equals)));
  return argument;
}

}  // namespace

std::vector<std::string> with_our_spelling(const std::vector<std::string>& arguments) {
  std::vector<std::string> ours;
  ours.reserve(arguments.size());
  for (const std::string& argument : arguments) {
    const bool is_of_a_switch = !ours.empty() && std::ranges::find(switches, ours.back()) != switches.end();
    if (is_of_a_switch && std::ranges::find(truths, base::lower_case(argument)) != truths.end())
      ours.back() = fmt::format("{}={}", ours.back(), base::lower_case(argument));
    else
      ours.push_back(with_our_spelling(argument));
  }
  return ours;
}

}  // namespace inferqueue::cli
