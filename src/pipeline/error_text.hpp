// What is said of an exception.
#pragma once

#include <exception>
#include <string>

namespace inferqueue::pipeline {

/// A user's error as it stands, another one in brief. Thread rules: a pure function.
std::string error_text(const std::exception_ptr& error);

}  // namespace inferqueue::pipeline
