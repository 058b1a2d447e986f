// Ctrl-C as a stop token.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace inferqueue::cli {

/// Takes SIGINT, SIGTERM and SIGHUP over for the process, save those that it was started to ignore (`nohup`): the first
/// requests a stop, the second ends the process at once with status 130. What is written into a closed pipe, or beyond
/// the limit of a file's size, becomes an error of writing rather than a signal. Make one, in main, before any other
/// thread.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  Interrupt(Interrupt&&) = delete;
  Interrupt& operator=(Interrupt&&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::atomic<bool> closing_{false};
  std::jthread waiter_;
};

}  // namespace inferqueue::cli
