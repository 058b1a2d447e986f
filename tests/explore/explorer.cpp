#include "explore/explorer.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>

#include "explore/execution.hpp"

namespace inferqueue::explore {
namespace {

/// What executions one after another share. After a failure it is never destroyed.
struct Session {
  std::function<void()> scenario;
  Search search;
  Workers workers;
  Execution execution;

  Session(const std::function<void()>& its_scenario, Search first, const Options& options)
      : scenario(its_scenario), search(std::move(first)), execution(search, workers, options.max_steps) {}
};

std::terminate_handler previous_handler = nullptr;

/// A thread that must not go on may as well stand still, which leaves the schedule to be printed.
[[noreturn]] void fail_on_terminate() {
  if (Task* const task = Execution::self()) {
    try {
      if (std::current_exception()) throw;
    } catch (const std::exception& error) {
      task->execution->fail(std::string("std::terminate: ") + error.what());
    } catch (...) {
    }
    task->execution->fail("std::terminate");
  }
  previous_handler();
  std::abort();
}

/// The same for a thread that reached for memory that is not there, or aborted. Takes locks and memory, which a handler
/// of signals must not: at worst the test hangs instead of crashing.
void fail_on_signal(int signal) {
  if (Task* const task = Execution::self()) task->execution->fail(std::string("signal ") + ::strsignal(signal));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

/// Runs once. False if it failed, and the session stays for ever.
bool run_once(std::unique_ptr<Session>& session, Outcome& outcome) {
  session->execution.run(session->scenario);
  ++outcome.executions;
  ++outcome.orders;
  outcome.failure = session->execution.failure();
  if (outcome.failure.empty()) return true;
  outcome.schedule = session->search.schedule();
  outcome.trace = session->execution.trace();
  outcome.merged += session->search.merged();
  session->workers.abandon();
  static_cast<void>(session.release());
  return false;
}

void install_handlers() {
  static const bool installed = [] {
    previous_handler = std::set_terminate(fail_on_terminate);
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT}) {
      struct sigaction present{};
      // A sanitizer that has its own handler says more.
      if (::sigaction(signal, nullptr, &present) == 0 && present.sa_handler == SIG_DFL)
        std::signal(signal, fail_on_signal);
    }
    return true;
  }();
  static_cast<void>(installed);
}

}  // namespace

Outcome explore(const std::function<void()>& scenario, const Options& options) {
  install_handlers();
  Outcome outcome;
  auto session = std::make_unique<Session>(scenario, Search(0, options.merge), options);
  for (unsigned bound = 0; bound <= options.bound && !outcome.is_complete; ++bound) {
    session->search = Search(bound, options.merge);
    outcome.bound = bound;
    outcome.orders = 0;
    do {
      if (!run_once(session, outcome)) return outcome;
    } while (session->search.next());
    if (session->search.diverged()) {
      outcome.failure = "the scenario does other things when it is run again with the same choices";
      return outcome;
    }
    outcome.merged += session->search.merged();
    outcome.is_complete = !session->search.was_cut();
  }
  return outcome;
}

Outcome replay(const std::function<void()>& scenario, const std::string& schedule, const Options& options) {
  install_handlers();
  Outcome outcome;
  auto session = std::make_unique<Session>(scenario, Search::replay(schedule), options);
  if (run_once(session, outcome)) {
    outcome.schedule = schedule;
    outcome.trace = session->execution.trace();
  }
  return outcome;
}

void check(bool condition, const std::string& otherwise) {
  if (!condition) Execution::self()->execution->fail(otherwise);
}

void pass_time(std::chrono::nanoseconds duration) {
  Execution::self()->execution->pass_time(duration);
}

}  // namespace inferqueue::explore
