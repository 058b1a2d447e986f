#include "cli/interrupt.hpp"

#include <csignal>

#include <pthread.h>
#include <unistd.h>

#include "cli/command.hpp"

namespace inferqueue::cli {
namespace {

bool is_ignored(int signal) {
  struct sigaction action{};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// Whoever started this process may have had it ignore some, as nohup and a shell's background do: those stay so.
/// (Blocked, they would be waited for all the same.)
sigset_t our_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(signal)) sigaddset(&signals, signal);
  sigaddset(&signals, SIGUSR1);  // the destructor's, to wake the waiter
  return signals;
}

}  // namespace

// A thread that waits for the signals may take locks; a signal handler must not, and request_stop() does.
Interrupt::Interrupt() {
  const sigset_t signals = our_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond the limit of its size is an error of writing, which is told
  std::signal(SIGPIPE, SIG_IGN);  // and so is an output that nobody reads any more
  waiter_ = std::jthread([this, signals] {
    for (int signal = 0; sigwait(&signals, &signal) == 0 && !closing_;) {
      if (signal == SIGUSR1) continue;  // somebody else's
      if (stop_.stop_requested()) ::_exit(exit_interrupted);
      stop_.request_stop();
    }
  });
}

Interrupt::~Interrupt() {
  closing_ = true;
  pthread_kill(waiter_.native_handle(), SIGUSR1);
}

}  // namespace inferqueue::cli
