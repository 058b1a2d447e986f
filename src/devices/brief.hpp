// What the runtime's exceptions say.
#pragma once

#include <exception>
#include <string>

namespace inferqueue::devices {

/// The one line of an exception of the runtime that says what is wrong, without the source files it went through.
std::string brief(const std::exception& error);

}  // namespace inferqueue::devices
