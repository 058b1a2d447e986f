// Which choices an execution takes, so that executions one after another take them all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace inferqueue::explore {

/// A depth-first walk over the tree of choices, by replay: each execution repeats the choices before the last one that
/// has an alternative left, takes that alternative, and from there on the first of each.
///
/// An alternative may cost one unit, and an execution spends at most `bound` units. The cost stands for a preemption:
/// M. Musuvathi and S. Qadeer, "Iterative Context Bounding for Systematic Testing of Multithreaded Programs", PLDI
/// 2007, found that nearly all errors need few of them, and that their number, unlike the number of steps, can be
/// bounded with a number of executions that grows only polynomially with the length of the program.
///
/// States that are the same are explored once: where an execution comes to a state in which an earlier one had as many
/// units left or more, nothing new can follow, and it is only run to its end.
/// Thread rules: one thread at a time.
class Search {
 public:
  Search(unsigned bound, bool merge) : bound_(bound), merge_(merge) {}
  /// Takes the choices of a schedule that schedule() gave, in a single execution. Throws std::invalid_argument.
  static Search replay(const std::string& schedule);

  /// The next of `count` alternatives, at least 2, of which the first is free. The bits of `costly` tell which cost a
  /// unit. `state` names the state of the execution, this choice included: equal where all that follows is equal.
  std::size_t choose(std::size_t count, std::uint64_t costly, std::uint64_t state);
  /// Goes to the next execution. False if there is none.
  bool next();

  /// The choices of this execution: "12:1 30:2", where the 12th choice was alternative 1 and the 30th alternative 2,
  /// and every other one alternative 0. It doesn't depend on the bound.
  std::string schedule() const;
  /// An execution took other turns although its choices were the same.
  bool diverged() const noexcept { return diverged_; }
  /// Alternatives were left out because they cost more than was left.
  bool was_cut() const noexcept { return was_cut_; }
  /// Executions that came to a state that was explored already.
  std::uint64_t merged() const noexcept { return merged_; }

 private:
  struct Choice {
    std::size_t taken;
    std::size_t count;
    std::uint64_t costly;
    unsigned spent;  // before it
  };
  static unsigned cost(std::uint64_t costly, std::size_t alternative) { return (costly >> alternative) & 1U; }
  bool leads_to_new(std::uint64_t state);

  unsigned bound_;
  bool merge_;
  std::vector<Choice> path_;
  std::size_t position_ = 0;                          // of the next choice in path_
  unsigned spent_ = 0;                                // by this execution
  bool is_known_ = false;                             // this execution came to an explored state
  std::unordered_map<std::uint64_t, unsigned> seen_;  // by state: the most units that were left there
  bool diverged_ = false;
  bool was_cut_ = false;
  std::uint64_t merged_ = 0;
};

}  // namespace inferqueue::explore
