#include "cli/ranges.hpp"

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/user_error.hpp"
#include "pipeline/jobs.hpp"

namespace inferqueue::cli {
namespace {

using base::OptionError;

constexpr std::size_t most_requests_in_turn = 64;
constexpr std::size_t most_rates = 100;

/// Nothing unless the whole text is a number.
template <class T>
std::optional<T> number_of(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':')) {
    parts.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

std::vector<std::size_t> requests_of(const std::string& typed) {
  const auto parts = parts_of(typed);
  const auto first = number_of<long long>(parts.front());
  const auto last = number_of<long long>(parts.back());
  if (parts.size() > 2 || !first || !last)
    throw OptionError(fmt::format("--nireq {}: give a number, or a range such as 1:16", typed));
  if (parts.size() == 1) return {pipeline::checked_jobs(*first)};
  if (*first < 1 || *last < *first || *last - *first >= static_cast<long long>(most_requests_in_turn))
    throw OptionError(fmt::format("--nireq {}: give a range that begins with 1 or more and has at most {} numbers",
                                  typed, most_requests_in_turn));
  std::vector<std::size_t> requests;
  for (long long n = *first; n <= *last; ++n) requests.push_back(pipeline::checked_jobs(n));
  return requests;
}

std::vector<double> rates_of(const std::string& typed) {
  if (typed.empty()) return {};
  std::vector<double> numbers;
  for (const std::string_view part : parts_of(typed)) {
    const auto number = number_of<double>(part);
    if (!number || !(*number > 0 && *number <= 1e9))
      throw OptionError(fmt::format("--rate {}: give items/s, more than 0, or a range such as 100:500:50", typed));
    numbers.push_back(*number);
  }
  if (numbers.size() == 1) return numbers;
  if (numbers.size() != 3 || numbers[1] < numbers[0])
    throw OptionError(fmt::format("--rate {}: a range has a first, a last and a step: 100:500:50", typed));
  const double steps = std::floor((numbers[1] - numbers[0]) / numbers[2] + 1e-9);
  if (steps >= static_cast<double>(most_rates))
    throw OptionError(fmt::format("--rate {}: give at most {} rates", typed, most_rates));
  std::vector<double> rates;
  for (double i = 0; i <= steps; ++i) rates.push_back(numbers[0] + i * numbers[2]);
  return rates;
}

}  // namespace inferqueue::cli
