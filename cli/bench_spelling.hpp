// The options of OpenVINO's benchmark_app, as those of `inferqueue bench`.
#pragma once

#include <string>
#include <vector>

namespace inferqueue::cli {

/// Writes what is spelled as benchmark_app does, with one dash or two and `=` or not, as `inferqueue bench` has it:
/// "-hint", "--infer_precision=f16", "-pc
/// false". Others stay. Throws base::OptionError for an option of benchmark_app that there
/// isn't here: it names the nearest. Thread rules: a pure function.
std::vector<std::string> with_our_spelling(const std::vector<std::string>& arguments);

}  // namespace inferqueue::cli
