// The ways to keep a device busy that are compared.
#pragma once

#include <array>

namespace inferqueue::measure {

enum class Mode {
  sync,          ///< one infer request, infer() in a loop
  two_requests,  ///< two, start_async() of one while wait() on the other
  queue,         ///< AsyncInferQueue, results in the callback
  inference,     ///< the same queue, where nobody writes inputs or looks at outputs
};
inline constexpr std::array<Mode, 4> all_modes{Mode::sync, Mode::two_requests, Mode::queue, Mode::inference};
/// As it is typed: "two_requests".
const char* to_string(Mode mode) noexcept;

}  // namespace inferqueue::measure
