// An error that the person at the keyboard can mend.
#pragma once

#include <stdexcept>

namespace inferqueue::base {

/// Its text is one line that names the thing and says what to do; the command prints it as it is.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace inferqueue::base
