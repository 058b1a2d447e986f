// What a call threw.
#pragma once

#include <exception>
#include <optional>

#include <inferqueue/error.hpp>

namespace inferqueue::testing {

/// What the call throws; null if it returns.
template <class Call>
std::exception_ptr error_of(Call&& call) {
  try {
    static_cast<void>(call());
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

/// The code of an inferqueue::Error; nothing for others and null.
inline std::optional<Errc> code_of(const std::exception_ptr& error) {
  if (!error) return std::nullopt;
  try {
    std::rethrow_exception(error);
  } catch (const Error& known) {
    return known.code();
  } catch (...) {
    return std::nullopt;
  }
}

/// The code of the Error that the call throws; nothing if it throws another one, or none.
template <class Call>
std::optional<Errc> code_thrown_by(Call&& call) {
  return code_of(error_of(call));
}

}  // namespace inferqueue::testing
