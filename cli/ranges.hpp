// Ranges of numbers as people type them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace inferqueue::cli {

/// Of infer requests: "4", or "1:16" for each from 1 to 16. Throws base::OptionError that names --nireq. Thread rules:
/// a pure function.
std::vector<std::size_t> requests_of(const std::string& typed);

/// Of rates in items/s: "100", or "100:500:50" for 100, 150 … 500; nothing for an empty text. Throws base::OptionError
/// that names --rate. Thread rules: a pure function.
std::vector<double> rates_of(const std::string& typed);

}  // namespace inferqueue::cli
