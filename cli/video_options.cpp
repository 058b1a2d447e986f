#include "cli/video_options.hpp"

#include <chrono>
#include <cstddef>

#include <fmt/format.h>

#include "base/user_error.hpp"

namespace inferqueue::cli {
namespace {

constexpr long long most = 1'000'000'000;
constexpr double longest_timeout = 86'400;

void check_number(const char* option, long long value, long long least) {
  if (value < least || value > most)
    throw base::OptionError(fmt::format("{} {}: give {} to {}", option, value, least, most));
}

}  // namespace

void VideoOption::declare(CLI::App& app) {
  const std::string group = "Videos and live sources";
  app.add_option("--vid-stride", stride, "of so many frames take the last")
      ->capture_default_str()
      ->type_name("N")
      ->group(group);
  app.add_option("--max-frames", max_frames, "at most so many frames of each; 0 is all")
      ->capture_default_str()
      ->type_name("N")
      ->group(group);
  app.add_option("--stream-timeout", timeout, "a stream without an answer or a frame for so long has failed")
      ->capture_default_str()
      ->type_name("SECONDS")
      ->group(group);
  app.add_option("--retries", retries, "how often a camera or stream that fails is tried again in a row")
      ->capture_default_str()
      ->type_name("N")
      ->group(group);
}

void VideoOption::check() const {
  check_number("--vid-stride", stride, 1);
  check_number("--max-frames", max_frames, 0);
  check_number("--retries", retries, 0);
  if (!(timeout >= 0.1 && timeout <= longest_timeout))  // also refuses NaN
    throw base::OptionError(fmt::format("--stream-timeout {:g}: give 0.1 to {:g} seconds", timeout, longest_timeout));
}

pipeline::VideoOptions VideoOption::options() const {
  pipeline::VideoOptions options;
  options.stride = static_cast<std::size_t>(stride);
  options.max_frames = static_cast<std::size_t>(max_frames);
  options.timeout = std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(timeout));
  options.retries = static_cast<std::size_t>(retries);
  return options;
}

}  // namespace inferqueue::cli
