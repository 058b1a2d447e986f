#include "pipeline/error_text.hpp"

#include "base/user_error.hpp"
#include "devices/brief.hpp"

namespace inferqueue::pipeline {

std::string error_text(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const base::UserError& e) {
    return e.what();
  } catch (const std::exception& e) {
    return devices::brief(e);
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

}  // namespace inferqueue::pipeline
