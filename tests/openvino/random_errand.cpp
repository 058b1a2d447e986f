#include "openvino/random_errand.hpp"

#include <array>
#include <chrono>

#include "support/device.hpp"

namespace inferqueue::testing {

using namespace std::chrono_literals;

Errand::Errand(std::uint64_t seed, std::size_t index) {
  Random random(seed, index);
  constexpr std::array ways{Way::callback, Way::callback, Way::callback,  Way::future,
                            Way::future,   Way::future,   Way::coroutine, Way::lease};
  way = ways[random.below(ways.size())];
  if (random.one_in(8)) way = Way::coroutine;
  if (random.one_in(64)) {
    command = command::nap;
    microseconds = static_cast<float>(random.below(50));
  }
  if (random.one_in(32)) command = command::fail;
  if (random.one_in(4096)) command = command::stand;
  constexpr std::array<std::chrono::nanoseconds, 3> times{0us, 50us, 500us};
  if (random.one_in(16)) options.expires_after = times[random.below(times.size())];
  if (random.one_in(32)) options.wait.timeout = times[random.below(times.size())];
  if (random.one_in(4)) options.backpressure = any_policy(random);
  options.source = random.below(4);
  fits = way == Way::lease || !random.one_in(64);
  throws = random.one_in(64);
  error_callback_throws = random.one_in(128);
  is_kept = random.one_in(256);
  if (random.one_in(32)) cancels_back = 1 + random.below(4);
  waits = random.one_in(512);
}

ov::Tensor Errand::input(std::size_t index) const {
  if (!fits) return {ov::element::f32, {1, 9}};
  ov::Tensor made = told(command, microseconds);
  made.data<float>()[2] = static_cast<float>(index);  // exact: there are fewer than 2^24
  return made;
}

}  // namespace inferqueue::testing
