#include <cstdlib>
#include <memory>

#include <cxxabi.h>

#include <inferqueue/error.hpp>
#include <inferqueue/user_data.hpp>

namespace inferqueue {
namespace {

std::string readable(const std::type_info& type) {
  if (type == typeid(void)) return "nothing";
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(type.name(), nullptr, nullptr, &status),
                                                         &std::free);
  return status == 0 ? name.get() : type.name();
}

}  // namespace

const char* to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
      return "invalid_argument";
    case Errc::invalid_input:
      return "invalid_input";
    case Errc::user_data_mismatch:
      return "user_data_mismatch";
    case Errc::would_deadlock:
      return "would_deadlock";
    case Errc::pending_full:
      return "pending_full";
    case Errc::closed:
      return "closed";
    case Errc::no_result:
      return "no_result";
    case Errc::timed_out:
      return "timed_out";
    case Errc::stopped:
      return "stopped";
    case Errc::cancelled:
      return "cancelled";
    case Errc::expired:
      return "expired";
    case Errc::dropped:
      return "dropped";
    case Errc::abandoned:
      return "abandoned";
  }
  return "unknown";
}

const char* to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::value:
      return "value";
    case Outcome::error:
      return "error";
    case Outcome::cancelled:
      return "cancelled";
    case Outcome::expired:
      return "expired";
    case Outcome::dropped:
      return "dropped";
  }
  return "unknown";
}

void UserData::throw_mismatch(const std::type_info& wanted, const std::type_info& given) {
  throw Error(Errc::user_data_mismatch,
              "user data of type " + readable(wanted) + " was asked for, but there is " + readable(given));
}

}  // namespace inferqueue
