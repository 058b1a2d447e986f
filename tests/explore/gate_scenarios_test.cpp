// Callers who leave, and the one who closes beside them.
#include <array>
#include <optional>

#include "core/gate.hpp"
#include "explore/stage.hpp"

namespace inferqueue::explore {
namespace {

using base::Thread;
using core::Gate;

TEST(GateScenario, WhoClosesWaitsUntilTheLastHasLeft) {
  expect_holds(
      [] {
        Gate gate;
        {
          const Gate::Inside early(gate);
        }  // who has left before the closing doesn't count
        std::array<bool, 2> left{};
        std::array<std::optional<Gate::Inside>, 2> callers;
        for (auto& caller : callers) caller.emplace(gate);
        const auto leave = [&](std::size_t i) {
          left.at(i) = true;
          callers.at(i).reset();
        };
        const Thread one([&] { leave(0); });
        const Thread other([&] { leave(1); });
        check(gate.close_and_wait(base::Clock::time_point::max()), "it gave up");
        check(left == std::array{true, true}, "somebody was inside still");
        check(gate.close_and_wait(base::Clock::now()), "once all have left it doesn't say so again");
      },
      small);
}

}  // namespace
}  // namespace inferqueue::explore
