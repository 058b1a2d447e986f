// What the person at the keyboard would be told.
#pragma once

#include <string>

#include "base/user_error.hpp"

namespace inferqueue::testing {

/// The message of the base::UserError that the call throws; "no error" if it throws none. Others go on.
template <class Call>
std::string user_error_of(Call&& call) {
  try {
    call();
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace inferqueue::testing
