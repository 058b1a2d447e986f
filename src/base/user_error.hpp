// An error that the person at the keyboard can mend.
#pragma once

#include <stdexcept>

namespace inferqueue::base {

/// Its text is one line that names the thing and says what to do; the command prints it as it is.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value that an option can't have, on any machine or for this model: the command line has to be written anew. A
/// file, folder or device that isn't there is a plain UserError.
class OptionError : public UserError {
 public:
  using UserError::UserError;
};

}  // namespace inferqueue::base
